using QwenVl.Model.Vision;
using SkiaSharp;

namespace QwenVl.Client.Images;

/// <summary>Decodes pictures with Skia: upright, transparency on white; animations are refused, as the server does.</summary>
internal static class ImageDecoder
{
    /// <param name="image">The picture.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <param name="scale">The least part of both sides that is wanted, up to 1: a JPEG is decoded smaller where that is enough, others are not.</param>
    /// <exception cref="QwenVlException">It is no picture, is damaged, or has too many pixels.</exception>
    public static RgbImage Decode(ClientImage image, long maxPixels, double scale = 1)
    {
        using SKData data = SKData.CreateCopy(image.Bytes.Span);
        using SKCodec codec = SKCodec.Create(data)
            ?? throw new QwenVlException(QwenVlErrorCode.ImageUnreadable, "This is no picture that the device can read: use JPEG, PNG, WebP or BMP.");
        int width = codec.Info.Width, height = codec.Info.Height;
        if (width < 1 || height < 1) throw new QwenVlException(QwenVlErrorCode.ImageUnreadable, $"The picture's header says {width} x {height} pixels.");
        if (codec.FrameCount > 1) throw new QwenVlException(QwenVlErrorCode.ImageUnreadable, $"The picture is an animation of {codec.FrameCount} frames: choose one of them.");
        // The header is read before any pixel's memory is reserved.
        if ((long)width * height > maxPixels)
            throw new QwenVlException(QwenVlErrorCode.ImageTooLarge, $"The picture has {width} x {height} pixels; up to {maxPixels} in all are read. Reduce it first.");

        if (scale < 1)
        {
            SKSizeI reduced = codec.GetScaledDimensions((float)scale);
            (width, height) = (reduced.Width, reduced.Height);
        }

        return Upright.Turn(RgbImage.OverWhite(width, height, Read(codec, width, height)), (int)codec.EncodedOrigin);
    }

    private static byte[] Read(SKCodec codec, int width, int height)
    {
        // No colour space: like the reference preprocessing, values are taken as they are written.
        SKCodecResult result = codec.GetPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null), out byte[] rgba);
        return result switch
        {
            SKCodecResult.Success => rgba,
            SKCodecResult.IncompleteInput => throw new QwenVlException(QwenVlErrorCode.ImageUnreadable, "The picture is cut off before its end."),
            _ => throw new QwenVlException(QwenVlErrorCode.ImageUnreadable, $"The picture is damaged ({result})."),
        };
    }
}
