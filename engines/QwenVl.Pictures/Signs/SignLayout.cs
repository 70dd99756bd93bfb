using QwenVl.Pictures.Fonts;
using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Words;

namespace QwenVl.Pictures.Signs;

/// <summary>A glyph of a sign, in units of a hundredth of the font size, origin on the baseline.</summary>
internal sealed record PlacedGlyph(char Character, GlyphOutline Outline, double X, double Y, double Scale, int Entry);

/// <summary>A sign's lines before they are scaled and turned; (0, 0) is their top left.</summary>
internal sealed class SignLayout
{
    private static readonly HashSet<string> Words = new(
        from word in SignWords.All from language in Enum.GetValues<SignLanguage>() select word.In(language), StringComparer.OrdinalIgnoreCase);

    private SignLayout(IReadOnlyList<PlacedGlyph> glyphs, double width, double height, double leastScale, SignFont font) =>
        (Glyphs, Width, Height, LeastScale, Font) = (glyphs, width, height, leastScale, font);

    public IReadOnlyList<PlacedGlyph> Glyphs { get; }

    public double Width { get; }

    public double Height { get; }

    /// <summary>Size of the smallest line over that of a plain one.</summary>
    public double LeastScale { get; }

    public SignFont Font { get; }

    public static SignLayout Create(SignContent content, SignFont font, GlyphOutlines outlines, PictureRandom random)
    {
        var lines = new List<(string Text, int Entry, double Scale)>();
        int large = content.Written.Count > 1 && random.Chance(0.25) ? random.Below(content.Written.Count) : -1;
        for (int entry = 0; entry < content.Written.Count; entry++)
        {
            double scale = entry == large ? random.Between(1.15, 1.5) : 1;
            // Only a sign with one entry breaks it: elsewhere a new line begins a new entry.
            bool breaks = content.Written.Count == 1 && random.Chance(0.5);
            string[] parts = breaks ? Break(content.Written[entry]) : [content.Written[entry]];
            if (parts.Length > 1 && Array.Exists(parts[1..], IsWord)) parts = [content.Written[entry]];
            lines.AddRange(parts.Select(text => (text, entry, scale)));
        }

        double spacing = random.Chance(0.2) ? random.Between(0.02, 0.12) * GlyphOutlines.Em : 0;
        double top = content.Language == SignLanguage.Chinese ? 0.86 * GlyphOutlines.Em : font.CapHeight;
        double bottom = content.Language == SignLanguage.Chinese ? 0.12 * GlyphOutlines.Em : 0.1 * GlyphOutlines.Em;
        double leading = random.Between(0.3, 0.75) * GlyphOutlines.Em;
        bool centred = random.Chance(0.7);
        double[] widths = [.. lines.Select(line => line.Scale * Measure(line.Text, font, outlines, spacing))];
        double width = widths.Max(), y = 0;
        var glyphs = new List<PlacedGlyph>();
        for (int i = 0; i < lines.Count; i++)
        {
            (string text, int entry, double scale) = lines[i];
            if (i > 0) y += leading + (entry == lines[i - 1].Entry ? 0 : 0.1 * GlyphOutlines.Em);
            y += top * scale;
            double x = centred ? (width - widths[i]) / 2 : 0;
            foreach (char character in text)
            {
                GlyphOutline outline = outlines.Of(font, character);
                glyphs.Add(new PlacedGlyph(character, outline, x, y, scale, entry));
                x += (outline.Advance + spacing) * scale;
            }

            y += bottom * scale;
        }

        return new SignLayout(glyphs, width, y, lines.Min(line => line.Scale), font);
    }

    /// <summary>Whether a line could be taken for an entry of its own, as "EXIT" under "EMERGENCY".</summary>
    private static bool IsWord(string text) => Words.Contains(text);

    private static double Measure(string text, SignFont font, GlyphOutlines outlines, double spacing) =>
        text.Sum(character => outlines.Of(font, character).Advance + spacing) - spacing;

    /// <summary>Two lines of about the same length where there is a blank, two rows of four or more Chinese characters.</summary>
    private static string[] Break(string text)
    {
        int[] blanks = [.. Enumerable.Range(0, text.Length).Where(i => text[i] == ' ')];
        if (blanks.Length > 0)
        {
            int blank = blanks.MinBy(at => Math.Abs(at - text.Length / 2.0));
            return [text[..blank], text[(blank + 1)..]];
        }

        bool isChinese = text.Length >= 4 && text.All(character => character > 0x2E80);
        return isChinese ? [text[..(text.Length / 2)], text[(text.Length / 2)..]] : [text];
    }
}
