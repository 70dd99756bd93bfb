using System.Buffers.Binary;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Reads the first chunk of a WebP file: lossy, lossless or extended.</summary>
internal static class WebPHeader
{
    private const int FirstChunk = 12, ChunkFrame = 8;

    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        const int AnimationFlag = 2, ExifFlag = 8, AlphaFlag = 16, SizeMask = 0x3fff;
        long stated = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L;
        if (file.Length < stated) throw ImageHeader.Truncated($"{file.Length} of {stated} bytes");
        ReadOnlySpan<byte> type = file[12..16];
        if (type.SequenceEqual("VP8X"u8))
        {
            if ((file[20] & AnimationFlag) != 0) throw ImageHeader.Animated();
            int orientation = (file[20] & ExifFlag) != 0 ? Orientation(file) : ExifOrientation.Upright;
            return new ImageHeader(ImageFormat.WebP, Size24(file[24..]), Size24(file[27..]), (file[20] & AlphaFlag) != 0, orientation);
        }

        if (type.SequenceEqual("VP8L"u8))
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(file[21..]);
            return new ImageHeader(ImageFormat.WebP, (bits & SizeMask) + 1, ((bits >> 14) & SizeMask) + 1, (bits >> 28 & 1) != 0);
        }

        return new ImageHeader(ImageFormat.WebP, BinaryPrimitives.ReadUInt16LittleEndian(file[26..]) & SizeMask, BinaryPrimitives.ReadUInt16LittleEndian(file[28..]) & SizeMask, HasAlpha: false);
    }

    private static int Orientation(ReadOnlySpan<byte> file)
    {
        for (long at = FirstChunk; at + ChunkFrame <= file.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(file[(int)(at + 4)..]);
            if (at + ChunkFrame + length > file.Length) break;
            if (file[(int)at..].StartsWith("EXIF"u8)) return ExifOrientation.Read(file.Slice((int)at + ChunkFrame, (int)length));
            // Chunks are padded to even lengths.
            at += ChunkFrame + length + (length & 1);
        }

        return ExifOrientation.Upright;
    }

    private static int Size24(ReadOnlySpan<byte> bytes) => (bytes[0] | bytes[1] << 8 | bytes[2] << 16) + 1;
}
