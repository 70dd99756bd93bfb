namespace QwenVl.Tests.TensorRt.Callbacks;

/// <summary>Calls a fabricated object as native code does: through the table that its first word points to.</summary>
internal static unsafe class NativeCaller
{
    public static void* Method(nint self, int slot) => (*(void***)self)[slot];
}
