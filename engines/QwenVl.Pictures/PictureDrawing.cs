using QwenVl.Pictures.Backdrops;
using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Labels;
using SkiaSharp;

namespace QwenVl.Pictures;

/// <summary>A picture before it is painted: every outline is already where it will be seen.</summary>
internal sealed class PictureDrawing(PictureFrame frame) : IDisposable
{
    public PictureFrame Frame { get; } = frame;

    /// <summary>What every path is painted over.</summary>
    public Gradient Ground { get; set; } = new(SKColors.White, SKColors.White, 0);

    public List<PaintedPath> Paths { get; } = [];

    public List<LabelRegion> Regions { get; } = [];

    public List<QuestionAnswer> Questions { get; } = [];

    /// <summary>x-height of the smallest line, or a fifth of the smallest shape, in pixels: what blur is measured by.</summary>
    public double FinestDetail { get; set; } = double.MaxValue;

    public void Paint(SKPath path, SKColor colour) => Paths.Add(new PaintedPath(path, colour));

    public void Dispose()
    {
        foreach (PaintedPath painted in Paths) painted.Path.Dispose();
    }
}

/// <summary>A filled outline.</summary>
internal sealed record PaintedPath(SKPath Path, SKColor Colour);
