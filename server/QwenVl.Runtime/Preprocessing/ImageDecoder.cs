using OpenCvSharp;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Errors;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>
/// From an encoded picture to upright 8-bit RGB: with OpenCV where its native library loads, with Skia elsewhere. Both
/// decode JPEG with libjpeg-turbo. Safe for concurrent use.
/// </summary>
internal static class ImageDecoder
{
    private static readonly Lazy<bool> OpenCvLoads = new(TryOpenCv);

    /// <summary>The library in use, for the log.</summary>
    public static string Library => OpenCvLoads.Value ? "OpenCV" : "Skia";

    /// <summary>Decodes a picture whose header was read.</summary>
    /// <exception cref="RequestException">The decoder cannot read it.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, ImageHeader header)
    {
        RgbImage? stored = OpenCvLoads.Value ? OpenCvImageDecoder.Decode(file, header.HasAlpha) : SkiaImageDecoder.Decode(file);
        // The prompt was made for the header's size: a decoder that sees another picture would not fit it.
        if (stored is null || stored.Width != header.Width || stored.Height != header.Height)
            throw RequestException.Invalid(RequestReason.DamagedImage, $"The {header.Format} picture cannot be decoded. Encode it again as JPEG or PNG.");
        return Upright.Turn(stored, header.Orientation);
    }

    private static bool TryOpenCv()
    {
        try
        {
            return Cv2.GetVersionString() is not null;
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or OpenCvSharpException or EntryPointNotFoundException)
        {
            return false;
        }
    }
}
