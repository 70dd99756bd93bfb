using SkiaSharp;

namespace QwenVl.Pictures.Labels;

/// <summary>A part of the picture and what it shows: closed outlines in pixels, filled where crossed an odd number of times.</summary>
internal sealed record LabelRegion(int Label, IReadOnlyList<SKPoint[]> Outlines);
