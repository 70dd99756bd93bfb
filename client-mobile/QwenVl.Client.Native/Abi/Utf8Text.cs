using System.Runtime.InteropServices;
using System.Text;

namespace QwenVl.Client.Native.Abi;

/// <summary>Text on its way in and out.</summary>
internal static unsafe class Utf8Text
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null for a null pointer.</summary>
    /// <param name="text">Ends with a zero byte.</param>
    /// <param name="name">What it is called in errors.</param>
    /// <exception cref="ArgumentException">It is no UTF-8.</exception>
    public static string? Read(byte* text, string name)
    {
        if (text is null) return null;
        try
        {
            return Strict.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
        }
        catch (DecoderFallbackException)
        {
            throw new ArgumentException($"{name} is not valid UTF-8.");
        }
    }

    /// <summary>UTF-8 with a zero byte at its end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="buffer">Is used again for the next text, and replaced where it is too small.</param>
    /// <returns>Bytes without the zero byte.</returns>
    public static int Write(string text, ref byte[] buffer)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
        if (buffer.Length < most) buffer = new byte[most];
        int count = Encoding.UTF8.GetBytes(text, buffer);
        buffer[count] = 0;
        return count;
    }
}
