using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Words;

namespace QwenVl.Pictures.Questions;

/// <summary>What is asked about a sign's text.</summary>
internal static class SignQuestions
{
    /// <param name="entries">From top to bottom.</param>
    /// <param name="written">The same as the sign shows them.</param>
    /// <param name="language">What the sign is in.</param>
    /// <param name="random">Picks wordings.</param>
    public static IEnumerable<QuestionAnswer> Ask(IReadOnlyList<SignEntry> entries, IReadOnlyList<string> written, SignLanguage language, PictureRandom random)
    {
        string read = $"The sign says {Quoted(written)}.";
        yield return new("read", Wordings.Ask(Wordings.Read, random), read);
        foreach (SignLanguage target in Enum.GetValues<SignLanguage>().Where(target => target != language))
        {
            string translated = $"In {target}: {Quoted([.. entries.Select(entry => entry.In(target))])}.";
            yield return new("translate", Wordings.Ask(Wordings.Translate, random, target.ToString()), translated);
            yield return new("read-translate", Wordings.Ask(Wordings.ReadTranslate, random, target.ToString()), $"{read} {translated}");
        }
    }

    private static string Quoted(IReadOnlyList<string> texts) => Wordings.Join([.. texts.Select(text => $"\"{text}\"")]);
}
