using System.Buffers.Binary;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>The orientation tag of EXIF data: a JPEG segment, or the bare TIFF of PNG and WebP.</summary>
internal static class ExifOrientation
{
    /// <summary>The value of a picture that is stored as it is looked at.</summary>
    public const int Upright = 1;

    /// <summary>The tag's value, 1 to 8; 1 where the segment has none or is malformed.</summary>
    public static int Read(ReadOnlySpan<byte> segment)
    {
        const int OrientationTag = 0x0112, EntryBytes = 12;
        ReadOnlySpan<byte> tiff = segment.StartsWith("Exif\0\0"u8) ? segment[6..] : segment;
        bool little = tiff.StartsWith("II"u8);
        if (tiff.Length < 8 || !(little || tiff.StartsWith("MM"u8))) return Upright;
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
