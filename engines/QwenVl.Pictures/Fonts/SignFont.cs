using SkiaSharp;

namespace QwenVl.Pictures.Fonts;

/// <summary>A font file that signs are written in.</summary>
internal sealed class SignFont
{
    public SignFont(string family, SKTypeface typeface)
    {
        (Family, Typeface) = (family, typeface);
        using var font = new SKFont(typeface, GlyphOutlines.Em);
        XHeight = Height(font, "x");
        CapHeight = Height(font, "H");
    }

    public string Family { get; }

    public SKTypeface Typeface { get; }

    /// <summary>Of a font of size <see cref="GlyphOutlines.Em"/>.</summary>
    public double XHeight { get; }

    /// <summary>Of a font of size <see cref="GlyphOutlines.Em"/>.</summary>
    public double CapHeight { get; }

    /// <summary>Whether it has a glyph for every character; some Chinese fonts have no digits.</summary>
    public bool Covers(string text)
    {
        using var font = new SKFont(Typeface);
        return font.ContainsGlyphs(text);
    }

    private static double Height(SKFont font, string letter)
    {
        using SKPath path = font.GetGlyphPath(font.GetGlyphs(letter)[0]);
        return path.TightBounds.Height;
    }
}
