using SkiaSharp;

namespace QwenVl.Pictures.Files;

/// <summary>Pixels to files and back.</summary>
internal static class PictureCodec
{
    /// <param name="pixels">The picture.</param>
    /// <param name="quality">JPEG quality, or 0 for PNG.</param>
    /// <param name="fullChroma">Whether JPEG keeps colour at full resolution.</param>
    public static unsafe byte[] Encode(PixelBuffer pixels, int quality, bool fullChroma)
    {
        fixed (byte* start = pixels.Rgba)
        {
            using var pixmap = new SKPixmap(Info(pixels.Width, pixels.Height), (nint)start);
            using SKData? data = quality == 0
                ? pixmap.Encode(SKPngEncoderOptions.Default)
                : pixmap.Encode(new SKJpegEncoderOptions(
                    quality,
                    fullChroma ? SKJpegEncoderDownsample.Downsample444 : SKJpegEncoderDownsample.Downsample420,
                    SKJpegEncoderAlphaOption.Ignore));
            return data?.ToArray() ?? throw new InvalidOperationException("Skia could not encode a picture.");
        }
    }

    /// <exception cref="InvalidDataException">The bytes are no picture.</exception>
    public static unsafe PixelBuffer Decode(byte[] encoded)
    {
        using SKData data = SKData.CreateCopy(encoded);
        using SKCodec codec = SKCodec.Create(data) ?? throw new InvalidDataException("Not a picture.");
        SKImageInfo info = Info(codec.Info.Width, codec.Info.Height);
        var rgba = new byte[info.BytesSize];
        fixed (byte* start = rgba)
        {
            SKCodecResult result = codec.GetPixels(info, (nint)start);
            if (result != SKCodecResult.Success) throw new InvalidDataException($"The picture cannot be decoded: {result}.");
        }

        return new PixelBuffer(info.Width, info.Height, rgba);
    }

    public static SKImageInfo Info(int width, int height) => new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
}
