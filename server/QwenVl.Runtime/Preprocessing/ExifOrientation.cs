using System.Buffers.Binary;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>The orientation tag of an EXIF segment. The decoder applies it; the size of the upright picture is needed before.</summary>
internal static class ExifOrientation
{
    /// <summary>The tag's value, 1 to 8; 1 where the segment has none or is malformed.</summary>
    public static int Read(ReadOnlySpan<byte> segment)
    {
        const int Upright = 1, OrientationTag = 0x0112, EntryBytes = 12;
        if (!segment.StartsWith("Exif\0\0"u8)) return Upright;
        ReadOnlySpan<byte> tiff = segment[6..];
        if (tiff.Length < 8) return Upright;
        bool little = tiff[0] == (byte)'I';
        uint directory = Read32(tiff[4..], little);
        if (directory + 2L > tiff.Length) return Upright;
        int entries = Read16(tiff[(int)directory..], little);
        for (int i = 0; i < entries; i++)
        {
            long at = directory + 2L + i * (long)EntryBytes;
            if (at + EntryBytes > tiff.Length) return Upright;
            ReadOnlySpan<byte> entry = tiff[(int)at..];
            if (Read16(entry, little) == OrientationTag) return Read16(entry[8..], little) is var value and >= 1 and <= 8 ? value : Upright;
        }

        return Upright;
    }

    private static int Read16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Read32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
