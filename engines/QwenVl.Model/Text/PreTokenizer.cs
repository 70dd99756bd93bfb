using System.Globalization;
using System.Text;

namespace QwenVl.Model.Text;

/// <summary>
/// Cuts text into the pieces that byte-pair merges may not cross: the published Qwen expression, matched by hand over
/// Unicode scalars because .NET's expressions see surrogates, which are not letters, where the original sees letters.
/// </summary>
internal static class PreTokenizer
{
    /// <summary>Length in UTF-16 units of the piece that starts <paramref name="text"/>, which is not empty.</summary>
    public static int NextPiece(ReadOnlySpan<char> text)
    {
        int contraction = Contraction(text);
        if (contraction > 0) return contraction;

        CharacterKind kind = Classify(text, out int first);
        if (kind == CharacterKind.Letter) return first + RunOf(text[first..], CharacterKind.Letter);
        if (kind == CharacterKind.Number) return first;
        if (text[0] is not ('\r' or '\n'))
        {
            int letters = RunOf(text[first..], CharacterKind.Letter);
            if (letters > 0) return first + letters;
        }

        int lead = text[0] == ' ' ? 1 : 0;
        int symbols = RunOf(text[lead..], CharacterKind.Symbol);
        if (symbols > 0) return lead + symbols + LineBreaks(text[(lead + symbols)..]);
        return Whitespace(text);
    }

    private static int Whitespace(ReadOnlySpan<char> text)
    {
        int run = RunOf(text, CharacterKind.Space);
        int lastBreak = text[..run].LastIndexOfAny('\r', '\n');
        if (lastBreak >= 0) return lastBreak + 1;
        // The last blank of several belongs to the word that follows.
        return run == text.Length || run == 1 ? run : run - 1;
    }

    private static int LineBreaks(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExcept('\r', '\n');
        return end < 0 ? text.Length : end;
    }

    private static int RunOf(ReadOnlySpan<char> text, CharacterKind kind)
    {
        int at = 0;
        while (at < text.Length && Classify(text[at..], out int length) == kind) at += length;
        return at;
    }

    private static int Contraction(ReadOnlySpan<char> text)
    {
        if (text[0] != '\'' || text.Length < 2) return 0;
        char second = Fold(text[1]);
        if (second is 's' or 't' or 'm' or 'd') return 2;
        if (text.Length < 3) return 0;
        return (second, Fold(text[2])) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    /// <summary>ASCII lower case; the long s folds to s, as case-insensitive matching of the original does.</summary>
    private static char Fold(char character) => character == '\u017f' ? 's' : char.ToLowerInvariant(character);

    private static CharacterKind Classify(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out length);
        if (Rune.IsWhiteSpace(rune)) return CharacterKind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => CharacterKind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterKind.Number,
            _ => CharacterKind.Symbol,
        };
    }

    private enum CharacterKind
    {
        Letter,
        Number,
        Space,
        Symbol,
    }
}
