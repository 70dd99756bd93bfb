using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Objects;

/// <summary>UTF-8 text for a native call, freed after it.</summary>
internal readonly ref struct NativeText(string text)
{
    public nint Pointer { get; } = Marshal.StringToCoTaskMemUTF8(text);

    public void Dispose() => Marshal.FreeCoTaskMem(Pointer);
}
