using QwenVl.Pictures.Geometry;
using SkiaSharp;

namespace QwenVl.Pictures.Scenes;

/// <summary>A shape where it is seen.</summary>
internal sealed record SceneShape(ShapeKind Kind, ShapeColour Colour, SKColor Paint, int Cell, PictureBox Box, IReadOnlyList<SKPoint[]> Outlines)
{
    /// <summary>"red circle".</summary>
    public string Name => $"{Colour.Name()} {Kind.Name()}";
}
