using SkiaSharp;

namespace QwenVl.Pictures.Files;

/// <summary>A drawing to pixels.</summary>
internal static class PicturePainter
{
    public static unsafe PixelBuffer Paint(PictureDrawing drawing)
    {
        (int width, int height) = (drawing.Frame.Width, drawing.Frame.Height);
        var rgba = new byte[width * height * 4];
        drawing.Ground.Fill(rgba, width, height);
        fixed (byte* start = rgba)
        {
            using SKSurface surface = SKSurface.Create(PictureCodec.Info(width, height), (nint)start)
                ?? throw new InvalidOperationException($"Skia could not open a surface of {width} x {height} pixels.");
            using var paint = new SKPaint { IsAntialias = true };
            foreach (PaintedPath painted in drawing.Paths)
            {
                paint.Color = painted.Colour;
                surface.Canvas.DrawPath(painted.Path, paint);
            }
        }

        return new PixelBuffer(width, height, rgba);
    }
}
