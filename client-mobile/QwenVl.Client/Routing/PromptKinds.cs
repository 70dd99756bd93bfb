using System.Text.RegularExpressions;
using QwenVl.Model.Prompts;

namespace QwenVl.Client.Routing;

/// <summary>Guesses the kind of a prompt from words of English, German and Chinese; what a wrong guess costs, learned lengths heal.</summary>
internal static partial class PromptKinds
{
    // Prompts and pictures share one tokenizer; four letters a token is what its vocabulary gives for English text.
    private const int LettersPerToken = 4;

    // The template's own tokens around one question.
    private const int TemplateTokens = 16;

    public static PromptKind Of(string prompt) =>
        Describing.IsMatch(prompt) ? PromptKind.Description
        : ReadingPrompt.Matches(prompt) ? PromptKind.Reading
        : PromptKind.Question;

    /// <summary>About how many tokens a prompt is, without those of its picture.</summary>
    public static int TokensOf(string prompt) => TemplateTokens + prompt.Length / LettersPerToken;

    [GeneratedRegex(@"\b(descri|explain|detail|story|beschreib|erklär|erzähl)|描述|说明|說明|解释|解釋", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Describing { get; }
}
