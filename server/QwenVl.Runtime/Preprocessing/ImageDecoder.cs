using OpenCvSharp;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Preprocessing.Memory;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>
/// From an encoded picture to upright 8-bit pixels: with OpenCV where its native library loads, with Skia elsewhere. Both
/// decode JPEG with libjpeg-turbo. Safe for concurrent use.
/// </summary>
internal static class ImageDecoder
{
    private static readonly Lazy<bool> OpenCvLoads = new(TryOpenCv);

    /// <summary>The library in use, for the log.</summary>
    public static string Library => OpenCvLoads.Value ? "OpenCV" : "Skia";

    /// <summary>Decodes a picture whose header was read.</summary>
    /// <param name="file">The encoded picture.</param>
    /// <param name="header">What it says of itself.</param>
    /// <param name="reduction">The divisor of both sides: 1, or 2, 4 or 8 where the format is JPEG.</param>
    /// <param name="pool">Where memory is rented.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="RequestException">The decoder cannot read it, or sees another size than the header tells.</exception>
    public static DecodedImage Decode(ReadOnlySpan<byte> file, ImageHeader header, int reduction, BufferPool pool) =>
        (OpenCvLoads.Value ? OpenCvImageDecoder.Decode(file, header, reduction) : SkiaImageDecoder.Decode(file, header, reduction, pool))
        ?? throw RequestException.Invalid(RequestReason.DamagedImage, $"The {header.Format} picture cannot be decoded. Encode it again as JPEG or PNG.");

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
