using SkiaSharp;

namespace QwenVl.Pictures.Geometry;

/// <summary>A projective map of the plane.</summary>
internal static class Homography
{
    /// <summary>The map that takes a rectangle's corners, clockwise from the top left, to <paramref name="quad"/>.</summary>
    public static SKMatrix FromRectangle(double left, double top, double width, double height, ReadOnlySpan<(double X, double Y)> quad)
    {
        // Heckbert's closed form for the unit square, after a map of the rectangle onto it.
        (double x0, double y0) = quad[0];
        (double x1, double y1) = quad[1];
        (double x2, double y2) = quad[2];
        (double x3, double y3) = quad[3];
        double sx = x0 - x1 + x2 - x3, sy = y0 - y1 + y2 - y3;
        double dx1 = x1 - x2, dx2 = x3 - x2, dy1 = y1 - y2, dy2 = y3 - y2;
        double determinant = dx1 * dy2 - dx2 * dy1;
        double g = (sx * dy2 - dx2 * sy) / determinant, h = (dx1 * sy - sx * dy1) / determinant;
        double a = x1 - x0 + g * x1, b = x3 - x0 + h * x3, d = y1 - y0 + g * y1, e = y3 - y0 + h * y3;

        // u = (x - left) / width, v = (y - top) / height
        double au = a / width, bv = b / height, du = d / width, ev = e / height, gu = g / width, hv = h / height;
        double c = x0 - au * left - bv * top, f = y0 - du * left - ev * top, i = 1 - gu * left - hv * top;
        return new SKMatrix(
            (float)(au / i), (float)(bv / i), (float)(c / i),
            (float)(du / i), (float)(ev / i), (float)(f / i),
            (float)(gu / i), (float)(hv / i), 1);
    }

    /// <summary>Where a point goes, computed here so that no native rounding enters an answer.</summary>
    public static SKPoint Map(in SKMatrix map, double x, double y)
    {
        double w = map.Persp0 * x + map.Persp1 * y + map.Persp2;
        return new SKPoint(
            (float)((map.ScaleX * x + map.SkewX * y + map.TransX) / w),
            (float)((map.SkewY * x + map.ScaleY * y + map.TransY) / w));
    }
}
