using System.Buffers.Binary;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Walks a JPEG's segments to its frame header and looks for its end marker, since decoders fill what is missing with grey.</summary>
internal static class JpegHeader
{
    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        long width = 0, height = 0;
        int orientation = ExifOrientation.Upright;
        bool isProgressive = false;
        int at = 2;
        while (true)
        {
            while (file[at] != 0xff || file[at + 1] is 0xff or 0) at++;
            byte marker = file[at + 1];
            at += 2;
            if (marker is 0x01 or (>= 0xd0 and <= 0xd7)) continue;
            if (marker == 0xd9) throw ImageHeader.Truncated("it ends before any pixels");
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
            if (IsFrame(marker))
            {
                height = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 3)..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]);
                isProgressive = IsProgressive(marker);
            }

            // The first EXIF segment counts, as it does for decoders.
            if (marker == 0xe1 && orientation == ExifOrientation.Upright) orientation = ExifOrientation.Read(file.Slice(at + 2, Math.Max(length - 2, 0)));
            at += Math.Max(length, 2);
            if (marker == 0xda) break;
        }

        // Entropy-coded data never holds 0xff 0xd9, so its first occurrence from here is the end.
        if (file[at..].IndexOf((ReadOnlySpan<byte>)[0xff, 0xd9]) < 0) throw ImageHeader.Truncated("its end marker is missing");
        return new ImageHeader(ImageFormat.Jpeg, width, height, HasAlpha: false, orientation, IsProgressive: isProgressive);
    }

    // Progressive frames are every fourth from the third on.
    private static bool IsProgressive(byte marker) => (marker & 3) == 2;

    private static bool IsFrame(byte marker) => marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);
}
