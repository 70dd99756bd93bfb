using System.Buffers.Binary;
using System.IO.Compression;
using QwenVl.Tests.Client.Fakes;
using SkiaSharp;

namespace QwenVl.Tests.Runtime.Preprocessing;

/// <summary>Encoded pictures of every kind that people send, good and bad.</summary>
internal static class PictureFiles
{
    // One little-endian TIFF entry; the orientation is the byte at 18.
    private static readonly byte[] Tiff = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];

    public static byte[] Jpeg { get; } = Encode(SKEncodedImageFormat.Jpeg);

    public static byte[] WebP { get; } = Encode(SKEncodedImageFormat.Webp);

    public static byte[] Good { get; } = Encode(SKEncodedImageFormat.Png);

    public static byte[] OnePixel => Png(1, 1);

    public static byte[] SixteenBit => Png(40, 30, bitDepth: 16);

    public static byte[] Animated => Png(40, 30, before: ("acTL", [0, 0, 0, 2, 0, 0, 0, 0]));

    /// <summary>A few bytes that promise 400 million pixels.</summary>
    public static byte[] Huge => Png(20_000, 20_000, rows: 0);

    public static byte[] TruncatedJpeg => Jpeg[..(Jpeg.Length / 2)];

    public static byte[] TruncatedPng => Good[..(Good.Length / 2)];

    public static byte[] LongAndThin => Png(1, 300);

    /// <summary>A PNG whose frame is whole and whose pixels are not.</summary>
    public static byte[] DamagedPng => Png(40, 30, rows: 3);

    public static byte[] TurnedJpeg(byte orientation = 6) => [.. Jpeg[..2], 0xff, 0xe1, 0, (byte)(8 + Tiff.Length), .. "Exif\0\0"u8, .. Turned(orientation), .. Jpeg[2..]];

    public static byte[] TurnedPng(byte orientation = 6) => Png(40, 30, before: ("eXIf", Turned(orientation)));

    /// <summary>A PNG of one colour, red over green and blue.</summary>
    public static byte[] Png(int width, int height, int bitDepth = 8, int? rows = null, (string Type, byte[] Data)? before = null)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)bitDepth, 2);
        byte[] pixel = bitDepth == 16 ? [200, 200, 100, 100, 50, 50] : [200, 100, 50];
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            for (int y = 0; y < (rows ?? height); y++)
            {
                zlib.WriteByte(0);
                for (int x = 0; x < width; x++) zlib.Write(pixel);
            }

        return [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, .. Chunk("IHDR", header), .. before is { } extra ? Chunk(extra.Type, extra.Data) : [], .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    /// <summary>A red JPEG of 8 x 8 pixels in four inks, as Photoshop writes it: inverted, without a transform.</summary>
    public static byte[] CmykJpeg()
    {
        byte[] stored = [255, 0, 0, 255];
        ulong bits = 0;
        int count = 0;
        foreach (byte value in stored)
        {
            // One block a component: its mean in 4 bits of category and the value itself, then the end of the block.
            int difference = value - 128, category = 32 - int.LeadingZeroCount(Math.Abs(difference));
            bits = bits << 4 | (uint)category;
            bits = bits << category | (uint)(difference < 0 ? difference + (1 << category) - 1 : difference);
            bits <<= 1;
            count += 5 + category;
        }

        var data = new List<byte>();
        for (bits = bits << (64 - count) | (ulong.MaxValue >> count); count > 0; count -= 8, bits <<= 8)
        {
            data.Add((byte)(bits >> 56));
            if (data[^1] == 0xff) data.Add(0);
        }

        byte[] fours = [0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], one = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        return
        [
            0xff, 0xd8, 0xff, 0xee, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0,
            0xff, 0xdb, 0, 67, 0, .. Enumerable.Repeat((byte)8, 64),
            0xff, 0xc0, 0, 20, 8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0,
            0xff, 0xc4, 0, 31, 0, .. fours, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
            0xff, 0xc4, 0, 20, 0x10, .. one, 0,
            0xff, 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0, .. data, 0xff, 0xd9,
        ];
    }

    private static byte[] Turned(byte orientation)
    {
        byte[] tiff = [.. Tiff];
        tiff[18] = orientation;
        return tiff;
    }

    private static byte[] Encode(SKEncodedImageFormat format)
    {
        using SKBitmap bitmap = TestPictures.Draw();
        return TestPictures.Encode(bitmap, format);
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
        var frame = new byte[named.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(frame, data.Length);
        named.CopyTo(frame, 4);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(named.Length + 4), Crc32(named));
        return frame;
    }

    private static uint Crc32(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xedb88320 & (uint)-(int)(crc & 1));
        }

        return ~crc;
    }
}
