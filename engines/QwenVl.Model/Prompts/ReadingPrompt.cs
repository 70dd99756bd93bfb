using System.Text.RegularExpressions;

namespace QwenVl.Model.Prompts;

/// <summary>
/// Whether a prompt asks for what is written in a picture: then small details matter sooner. Words of English, German and Chinese;
/// a guess that only moves a threshold, so a prompt in another language loses little.
/// </summary>
public static partial class ReadingPrompt
{
    /// <summary>Whether the prompt asks for something written.</summary>
    public static bool Matches(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Words.IsMatch(prompt);
    }

    [GeneratedRegex(
        @"\b(read|text|texts|writ|says?\b|spell|transl|signs?\b|label|letter|words?\b|number|price|menu|invoice|receipt|document|caption|title|date\b|ocr|lies|les(en|bar)|steht|geschrieben|schild|übersetz|wort|wörter|zahl|nummer|preis|beleg|rechnung|dokument|tabelle|datum)|[读讀写寫字文翻译譯牌价價号號码碼表]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Words { get; }
}
