using System.Text;

namespace QwenVl.Client.Native.Calls;

/// <summary>Each thread's last error.</summary>
internal static class LastError
{
    private const byte ContinuationMask = 0b1100_0000;
    private const byte Continuation = 0b1000_0000;

    [ThreadStatic]
    private static byte[]? _text;

    /// <summary>Remembers an error.</summary>
    public static void Set(string message) => _text = Encoding.UTF8.GetBytes(message);

    /// <summary>Copies as much as fits, with a zero byte; never half a character.</summary>
    /// <returns>The bytes of the whole text.</returns>
    public static int CopyTo(Span<byte> buffer)
    {
        ReadOnlySpan<byte> text = _text;
        if (buffer.IsEmpty) return text.Length;
        int count = Math.Min(text.Length, buffer.Length - 1);
        while (count > 0 && count < text.Length && (text[count] & ContinuationMask) == Continuation) count--;
        text[..count].CopyTo(buffer);
        buffer[count] = 0;
        return text.Length;
    }
}
