using QwenVl.Model.Vision;
using QwenVl.Model.Vision.Resampling;
using SkiaSharp;

namespace QwenVl.Tests.Runtime.Preprocessing;

/// <summary>JPEG files as cameras make them: larger than any tower looks at.</summary>
internal static class LargePictures
{
    /// <summary>A picture of the embedded checkpoints' own kind, enlarged and encoded again.</summary>
    public static byte[] Enlarged(byte[] file, int times, int quality = 92)
    {
        RgbImage small = DecodedPictures.Decode(file);
        return Encode(BicubicResampler.Resize(small, small.Width * times, small.Height * times), quality);
    }

    /// <summary>Edges, lines and curves down to one pixel, where decoding at another scale is seen most.</summary>
    public static byte[] Drawn(int width, int height, int seed = 1, int quality = 92)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Colour());
        for (int i = 0; i < 300; i++)
        {
            using var paint = new SKPaint { Color = Colour(), IsAntialias = true, StrokeWidth = 1 + random.Next(12), Style = i % 3 == 0 ? SKPaintStyle.Fill : SKPaintStyle.Stroke };
            canvas.DrawOval(random.Next(width), random.Next(height), 2 + random.Next(width / 8), 2 + random.Next(height / 8), paint);
            canvas.DrawLine(random.Next(width), random.Next(height), random.Next(width), random.Next(height), paint);
        }

        canvas.Flush();
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return data.ToArray();

        SKColor Colour() => new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
    }

    private static byte[] Encode(RgbImage image, int quality)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> rgba = bitmap.GetPixelSpan();
        for (int i = 0; i < image.Width * image.Height; i++)
        {
            image.Pixels.AsSpan(i * 3, 3).CopyTo(rgba[(i * 4)..]);
            rgba[i * 4 + 3] = 255;
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return data.ToArray();
    }
}
