using QwenVl.Model.Vision;
using QwenVl.Pictures.Degrading;
using QwenVl.Pictures.Geometry;
using SkiaSharp;

namespace QwenVl.Pictures.Files;

/// <summary>Paints a drawing, spoils it and saves it; and reads such a file back.</summary>
internal static class PictureEncoder
{
    public static byte[] Encode(PictureDrawing drawing, Degradation degradation)
    {
        PictureFrame frame = drawing.Frame;
        var info = new SKImageInfo(frame.Width, frame.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var bitmap = new SKBitmap(info);
        Paint(drawing, bitmap);
        if (degradation.Blur > 0.25)
        {
            using var blurred = new SKBitmap(info);
            using (var canvas = new SKCanvas(blurred))
            using (var filter = SKImageFilter.CreateBlur((float)degradation.Blur, (float)degradation.Blur, SKShaderTileMode.Clamp, null))
            using (var paint = new SKPaint { ImageFilter = filter })
            {
                canvas.DrawBitmap(bitmap, 0, 0, SKSamplingOptions.Default, paint);
            }

            return Save(blurred, degradation);
        }

        return Save(bitmap, degradation);
    }

    /// <summary>Decodes a picture that <see cref="Encode"/> made.</summary>
    /// <exception cref="InvalidDataException">The bytes are no picture.</exception>
    public static RgbImage Decode(byte[] encoded)
    {
        using SKData data = SKData.CreateCopy(encoded);
        using SKCodec codec = SKCodec.Create(data) ?? throw new InvalidDataException("Not a picture.");
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var bitmap = new SKBitmap(info);
        SKCodecResult result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success) throw new InvalidDataException($"The picture cannot be decoded: {result}.");
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        var rgb = new byte[info.Width * info.Height * 3];
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }

        return new RgbImage(info.Width, info.Height, rgb);
    }

    private static void Paint(PictureDrawing drawing, SKBitmap bitmap)
    {
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { IsAntialias = true };
        foreach (PaintedPath painted in drawing.Paths)
        {
            paint.Shader = painted.Shader;
            paint.Color = painted.Colour;
            canvas.DrawPath(painted.Path, paint);
        }

        paint.Shader = null;
    }

    private static unsafe byte[] Save(SKBitmap bitmap, Degradation degradation)
    {
        using SKPixmap pixmap = bitmap.PeekPixels();
        Spoil(new Span<byte>((void*)bitmap.GetPixels(), bitmap.ByteCount), bitmap.Width, degradation);
        using SKData? data = degradation.Quality == 0
            ? pixmap.Encode(SKPngEncoderOptions.Default)
            : pixmap.Encode(new SKJpegEncoderOptions(
                degradation.Quality,
                degradation.FullChroma ? SKJpegEncoderDownsample.Downsample444 : SKJpegEncoderDownsample.Downsample420,
                SKJpegEncoderAlphaOption.Ignore));
        return data?.ToArray() ?? throw new InvalidOperationException("Skia could not encode a picture.");
    }

    /// <summary>Contrast, brightness and noise in one pass.</summary>
    private static void Spoil(Span<byte> rgba, int width, Degradation degradation)
    {
        Span<short> levels = stackalloc short[256];
        for (int i = 0; i < 256; i++)
            levels[i] = (short)Math.Clamp(Math.Round((i - 127.5) * degradation.Contrast + 127.5 + degradation.Brightness), 0, 255);
        // Eight more bits than the table's steps.
        int strength = (int)Math.Round(degradation.Noise * 256);
        const int Bits = NoiseTable.StepBits + 8, Mask = NoiseTable.Size - 1;
        int at = degradation.NoiseStart, channelStep = degradation.GrayNoise ? 0 : 1;
        sbyte[] noise = NoiseTable.Values;
        for (int i = 0, pixel = 0; i < rgba.Length; i += 4, pixel++)
        {
            // A different start in each row, or the table's length would show as a pattern.
            if (pixel == width) (pixel, at) = (0, at * 31 + 17);
            int red = levels[rgba[i]], green = levels[rgba[i + 1]], blue = levels[rgba[i + 2]];
            if (strength > 0)
            {
                red += (noise[at & Mask] * strength) >> Bits;
                green += (noise[(at += channelStep) & Mask] * strength) >> Bits;
                blue += (noise[(at += channelStep) & Mask] * strength) >> Bits;
                at++;
            }

            rgba[i] = (byte)Math.Clamp(red, 0, 255);
            rgba[i + 1] = (byte)Math.Clamp(green, 0, 255);
            rgba[i + 2] = (byte)Math.Clamp(blue, 0, 255);
        }
    }
}
