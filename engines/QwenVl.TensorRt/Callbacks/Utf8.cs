using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>Text that native code owns.</summary>
internal static unsafe class Utf8
{
    public static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    public static string? TextOrNull(byte* text) => text is null || *text == 0 ? null : Marshal.PtrToStringUTF8((nint)text);
}
