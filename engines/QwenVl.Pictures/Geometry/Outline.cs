using SkiaSharp;

namespace QwenVl.Pictures.Geometry;

/// <summary>Paths out of points.</summary>
internal static class Outline
{
    /// <summary>Filled where the outlines are crossed an odd number of times.</summary>
    public static SKPath Path(IEnumerable<SKPoint[]> outlines)
    {
        using var builder = new SKPathBuilder { FillType = SKPathFillType.EvenOdd };
        foreach (SKPoint[] outline in outlines) builder.AddPoly(outline, true);
        return builder.Detach();
    }

    public static SKPath Rectangle(double left, double top, double width, double height)
    {
        using var builder = new SKPathBuilder();
        builder.AddRect(SKRect.Create((float)left, (float)top, (float)width, (float)height), SKPathDirection.Clockwise);
        return builder.Detach();
    }

    /// <summary>The corners of a rectangle after a map.</summary>
    public static SKPoint[] Mapped(in SKMatrix map, double left, double top, double right, double bottom) =>
        [Homography.Map(map, left, top), Homography.Map(map, right, top), Homography.Map(map, right, bottom), Homography.Map(map, left, bottom)];
}
