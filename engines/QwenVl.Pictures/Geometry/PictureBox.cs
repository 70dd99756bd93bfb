using SkiaSharp;

namespace QwenVl.Pictures.Geometry;

/// <summary>A box in pixels of the picture.</summary>
internal readonly record struct PictureBox(double Left, double Top, double Right, double Bottom)
{
    public double Width => Right - Left;

    public double Height => Bottom - Top;

    public double CentreX => (Left + Right) / 2;

    public double CentreY => (Top + Bottom) / 2;

    public static PictureBox Around(IEnumerable<SKPoint> points)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (SKPoint point in points)
        {
            left = Math.Min(left, point.X);
            top = Math.Min(top, point.Y);
            right = Math.Max(right, point.X);
            bottom = Math.Max(bottom, point.Y);
        }

        return new PictureBox(left, top, right, bottom);
    }

    public static PictureBox From(SKRect rect) => new(rect.Left, rect.Top, rect.Right, rect.Bottom);

    public bool IsWithin(int width, int height, double margin) =>
        Left >= margin && Top >= margin && Right <= width - margin && Bottom <= height - margin;

    public bool Touches(PictureBox other, double gap) =>
        Left < other.Right + gap && other.Left < Right + gap && Top < other.Bottom + gap && other.Top < Bottom + gap;

    public PictureBox Union(PictureBox other) =>
        new(Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom));
}
