using System.Buffers.Binary;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Walks a PNG's chunks from IHDR to IEND.</summary>
internal static class PngHeader
{
    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        const int FirstChunk = 8, ChunkFrame = 12, BitDepth = 24, DeepBits = 16;
        uint width = BinaryPrimitives.ReadUInt32BigEndian(file[16..]), height = BinaryPrimitives.ReadUInt32BigEndian(file[20..]);
        bool alpha = file[25] is 4 or 6;
        int orientation = ExifOrientation.Upright;
        for (long at = FirstChunk; ;)
        {
            if (at + ChunkFrame > file.Length) throw ImageHeader.Truncated("its end chunk is missing");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[(int)at..]);
            ReadOnlySpan<byte> type = file.Slice((int)at + 4, 4);
            if (type.SequenceEqual("acTL"u8)) throw ImageHeader.Animated();
            if (type.SequenceEqual("tRNS"u8)) alpha = true;
            if (type.SequenceEqual("eXIf"u8) && at + ChunkFrame + length <= file.Length) orientation = ExifOrientation.Read(file.Slice((int)at + 8, (int)length));
            if (type.SequenceEqual("IEND"u8)) return new ImageHeader(ImageFormat.Png, width, height, alpha, orientation, IsDeep: file[BitDepth] == DeepBits);
            at += ChunkFrame + (long)length;
        }
    }
}
