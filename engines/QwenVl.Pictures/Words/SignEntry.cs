using System.Globalization;

namespace QwenVl.Pictures.Words;

/// <summary>One entry of a sign: a word of the list and its number, if it takes one.</summary>
internal readonly record struct SignEntry(SignWord Word, int? Number)
{
    /// <summary>The entry as the list writes it.</summary>
    public string In(SignLanguage language)
    {
        string text = Word.In(language);
        return Number is { } number ? text.Replace("#", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) : text;
    }

    /// <summary>The entry as a sign shows it.</summary>
    public string Written(SignLanguage language, SignCasing casing) => Case(In(language), casing);

    public static string Case(string text, SignCasing casing)
    {
        switch (casing)
        {
            case SignCasing.Upper:
                return text.Replace("ß", "SS", StringComparison.Ordinal).ToUpperInvariant();
            case SignCasing.Title:
                char[] letters = text.ToCharArray();
                for (int i = 0; i < letters.Length; i++)
                {
                    if (i == 0 || letters[i - 1] is ' ' or '-') letters[i] = char.ToUpperInvariant(letters[i]);
                }

                return new string(letters);
            default:
                return text;
        }
    }
}
