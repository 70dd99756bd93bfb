using System.Buffers.Binary;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Errors;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>What a picture says of itself, read without decoding anything, so that limits hold before memory is spent.</summary>
/// <param name="Format">The encoding.</param>
/// <param name="Width">Pixels as stored, before orientation.</param>
/// <param name="Height">Pixels as stored, before orientation.</param>
/// <param name="HasAlpha">Whether pixels may be transparent.</param>
/// <param name="Orientation">The EXIF tag's value, 1 to 8.</param>
/// <param name="IsDeep">Whether a channel has 16 bits.</param>
/// <param name="IsProgressive">Whether all of it has to be read before any pixel is known, as in JPEG of several scans.</param>
internal readonly record struct ImageHeader(
    ImageFormat Format, long Width, long Height, bool HasAlpha, int Orientation = ExifOrientation.Upright, bool IsDeep = false, bool IsProgressive = false)
{
    /// <summary>Pixels from left to right, upright.</summary>
    public long UprightWidth => Upright.IsTransposed(Orientation) ? Height : Width;

    /// <summary>Pixels from top to bottom, upright.</summary>
    public long UprightHeight => Upright.IsTransposed(Orientation) ? Width : Height;

    /// <summary>Pixels from left to right as stored, when it is decoded at a fraction of its size.</summary>
    public int ReducedWidth(int reduction) => (int)((Width + reduction - 1) / reduction);

    /// <summary>Pixels from top to bottom as stored, when it is decoded at a fraction of its size.</summary>
    public int ReducedHeight(int reduction) => (int)((Height + reduction - 1) / reduction);

    /// <summary>Reads the header and checks that the file is whole.</summary>
    /// <exception cref="RequestException">The bytes are no picture of a known format, are cut off, or hold an animation.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        try
        {
            ImageHeader header =
                file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? JpegHeader.Read(file) :
                file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) ? PngHeader.Read(file) :
                file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..12].SequenceEqual("WEBP"u8) ? WebPHeader.Read(file) :
                file.StartsWith("BM"u8) ? Bmp(file) :
                throw RequestException.Invalid(RequestReason.UnsupportedImage, "The bytes are not a JPEG, PNG, WebP or BMP picture.");
            return header is { Width: > 0, Height: > 0 }
                ? header
                : throw RequestException.Invalid(RequestReason.DamagedImage, $"The picture states a size of {header.Width} x {header.Height} pixels.");
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw Truncated("its header is incomplete");
        }
    }

    /// <summary>The refusal of a file that ends too early.</summary>
    public static RequestException Truncated(string what) =>
        RequestException.Invalid(RequestReason.TruncatedImage, $"The picture is cut off: {what}. Send the whole file.");

    /// <summary>The refusal of more than one frame.</summary>
    public static RequestException Animated() =>
        RequestException.Invalid(RequestReason.AnimatedImage, "The picture is an animation. Send one frame as a still picture.");

    private static ImageHeader Bmp(ReadOnlySpan<byte> file)
    {
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(file[2..]);
        int width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]), height = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        if (file.Length < size) throw Truncated($"{file.Length} of {size} bytes");
        return new ImageHeader(ImageFormat.Bmp, width, Math.Abs((long)height), HasAlpha: false);
    }
}
