using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>What a versioned interface says of itself; two words, returned in registers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct InterfaceInfo(nint kind, int major, int minor)
{
    /// <summary>The interface's name in UTF-8, for ever in memory.</summary>
    public readonly nint Kind = kind;
    public readonly int Major = major;
    public readonly int Minor = minor;
}
