using System.Buffers.Binary;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Reads the first chunk of a WebP file: lossy, lossless or extended.</summary>
internal static class WebPHeader
{
    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        const int AnimationFlag = 2, AlphaFlag = 16, SizeMask = 0x3fff;
        long stated = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L;
        if (file.Length < stated) throw ImageHeader.Truncated($"{file.Length} of {stated} bytes");
        ReadOnlySpan<byte> type = file[12..16];
        if (type.SequenceEqual("VP8X"u8))
        {
            if ((file[20] & AnimationFlag) != 0) throw ImageHeader.Animated();
            return new ImageHeader(ImageFormat.WebP, Size24(file[24..]), Size24(file[27..]), (file[20] & AlphaFlag) != 0);
        }

        if (type.SequenceEqual("VP8L"u8))
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(file[21..]);
            return new ImageHeader(ImageFormat.WebP, (bits & SizeMask) + 1, ((bits >> 14) & SizeMask) + 1, (bits >> 28 & 1) != 0);
        }

        return new ImageHeader(ImageFormat.WebP, BinaryPrimitives.ReadUInt16LittleEndian(file[26..]) & SizeMask, BinaryPrimitives.ReadUInt16LittleEndian(file[28..]) & SizeMask, false);
    }

    private static int Size24(ReadOnlySpan<byte> bytes) => (bytes[0] | bytes[1] << 8 | bytes[2] << 16) + 1;
}
