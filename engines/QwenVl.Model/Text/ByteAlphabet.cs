namespace QwenVl.Model.Text;

/// <summary>The printable stand-ins for bytes in which byte-level vocabularies are written.</summary>
internal static class ByteAlphabet
{
    private static readonly Dictionary<char, byte> Bytes = CreateBytes();

    /// <summary>The bytes that a vocabulary entry stands for, or null where it is not written in this alphabet.</summary>
    public static byte[]? Decode(string entry)
    {
        var bytes = new byte[entry.Length];
        for (int i = 0; i < entry.Length; i++)
            if (!Bytes.TryGetValue(entry[i], out bytes[i])) return null;
        return bytes;
    }

    private static Dictionary<char, byte> CreateBytes()
    {
        var bytes = new Dictionary<char, byte>(256);
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xa1 and <= 0xac) or (>= 0xae and <= 0xff);
            bytes[(char)(printable ? value : next++)] = (byte)value;
        }

        return bytes;
    }
}
