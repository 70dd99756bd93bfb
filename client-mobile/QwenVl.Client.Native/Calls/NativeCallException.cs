using QwenVl.Client.Native.Abi;

namespace QwenVl.Client.Native.Calls;

/// <summary>A call that cannot be answered, for a reason that the library for .NET does not know.</summary>
internal sealed class NativeCallException(NativeStatus status, string message) : Exception(message)
{
    /// <summary>What the caller is told.</summary>
    public NativeStatus Status { get; } = status;
}
