using SkiaSharp;

namespace QwenVl.Benchmarks.Micro;

/// <summary>A JPEG as a phone's camera makes it.</summary>
internal static class PhotoFile
{
    public static byte[] Create(int width, int height)
    {
        const int Shapes = 400, Quality = 90;
        var random = new Random(1);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        for (int i = 0; i < Shapes; i++)
        {
            using var paint = new SKPaint { Color = new SKColor((uint)random.Next() | 0xff000000), IsAntialias = true };
            canvas.DrawOval(random.Next(width), random.Next(height), random.Next(width / 10), random.Next(height / 10), paint);
        }

        canvas.Flush();
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return data.ToArray();
    }
}
