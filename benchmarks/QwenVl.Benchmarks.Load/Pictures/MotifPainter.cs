using SkiaSharp;

namespace QwenVl.Benchmarks.Load.Pictures;

/// <summary>Draws pictures that cost a decoder and a network what photos cost: shapes for edges, noise for texture.</summary>
internal static class MotifPainter
{
    private const int Shapes = 24;
    private const int NoiseLevels = 12;
    private const float MaxStroke = 9;

    /// <summary>Draws one.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="quality">JPEG quality.</param>
    /// <param name="seed">The same seed draws the same picture.</param>
    /// <returns>A JPEG file.</returns>
    public static byte[] Draw(int width, int height, int quality, int seed)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            using SKShader shader = SKShader.CreateLinearGradient(new SKPoint(0, 0), new SKPoint(width, height), [Colour(random), Colour(random)], SKShaderTileMode.Clamp);
            using var background = new SKPaint { Shader = shader };
            canvas.DrawPaint(background);
            for (int i = 0; i < Shapes; i++) DrawShape(canvas, width, height, random);
        }

        AddNoise(bitmap, random);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return data.ToArray();
    }

    private static void DrawShape(SKCanvas canvas, int width, int height, Random random)
    {
        using var paint = new SKPaint { Color = Colour(random), IsAntialias = true, IsStroke = random.Next(3) == 0, StrokeWidth = 1 + MaxStroke * random.NextSingle() };
        float w = width * (0.05f + 0.3f * random.NextSingle()), h = height * (0.05f + 0.3f * random.NextSingle());
        var box = SKRect.Create((width - w) * random.NextSingle(), (height - h) * random.NextSingle(), w, h);
        if (random.Next(2) == 0) canvas.DrawOval(box, paint);
        else canvas.DrawRoundRect(box, w * 0.1f, h * 0.1f, paint);
    }

    private static void AddNoise(SKBitmap bitmap, Random random)
    {
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < pixels.Length; i += 4)
        {
            int noise = random.Next(-NoiseLevels, NoiseLevels + 1);
            for (int channel = 0; channel < 3; channel++) pixels[i + channel] = (byte)Math.Clamp(pixels[i + channel] + noise, 0, 255);
        }
    }

    private static SKColor Colour(Random random) => new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
}
