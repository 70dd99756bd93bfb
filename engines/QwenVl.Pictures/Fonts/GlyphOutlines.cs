using SkiaSharp;

namespace QwenVl.Pictures.Fonts;

/// <summary>Outlines at a size of <see cref="Em"/>, kept for one thread.</summary>
internal sealed class GlyphOutlines : IDisposable
{
    /// <summary>Units an em.</summary>
    public const float Em = 100;

    private readonly Dictionary<(SignFont Font, char Character), GlyphOutline> _outlines = [];

    public GlyphOutline Of(SignFont font, char character)
    {
        if (_outlines.TryGetValue((font, character), out GlyphOutline? known)) return known;

        // No hinting and no rounding of advances: the same outline at every size, with or without the font's hints.
        using var sized = new SKFont(font.Typeface, Em) { Hinting = SKFontHinting.None, Subpixel = true, LinearMetrics = true };
        ushort[] glyphs = sized.GetGlyphs(character.ToString());
        if (glyphs[0] == 0) throw new InvalidOperationException($"Font {font.Family} has no '{character}': take another in fonts.tsv.");
        SKPath path = sized.GetGlyphPath(glyphs[0]) ?? new SKPath();
        return _outlines[(font, character)] = new GlyphOutline(path, path.TightBounds, sized.GetGlyphWidths(glyphs)[0]);
    }

    public void Dispose()
    {
        foreach (GlyphOutline outline in _outlines.Values) outline.Path.Dispose();
        _outlines.Clear();
    }
}

/// <summary>A glyph's shape with its origin on the baseline, y downwards.</summary>
internal sealed record GlyphOutline(SKPath Path, SKRect Bounds, float Advance);
