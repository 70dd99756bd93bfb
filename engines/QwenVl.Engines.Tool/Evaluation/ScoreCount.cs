namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>Counts right answers by kind and by task.</summary>
internal sealed class ScoreCount
{
    // In the order of difficulty within a kind; what else a list may ask comes after, as it comes.
    private static readonly string[] Tasks = ["read", "translate", "read-translate", "describe", "count", "colour", "position", "point"];
    private static readonly string[] Kinds = ["sign", "scene", "point"];

    private readonly Dictionary<(string Kind, string Task), (int Right, int Asked)> _counts = [];
    private readonly List<WrongAnswer> _wrong = [];

    public IReadOnlyList<WrongAnswer> Wrong => _wrong;

    /// <summary>Tokens of all pictures, each counted once; null where whoever answered did not say.</summary>
    public long? VisualTokens { get; private set; } = 0;

    /// <summary>Counts a picture's tokens.</summary>
    public void Saw(int? visualTokens) => VisualTokens += visualTokens;

    public void Add(AskedPicture picture, AskedQuestion question, string answer)
    {
        bool right = AnswerRule.IsRight(answer, question.Answer);
        (int before, int asked) = _counts.GetValueOrDefault((picture.Kind, question.Task));
        _counts[(picture.Kind, question.Task)] = (before + (right ? 1 : 0), asked + 1);
        if (!right) _wrong.Add(new WrongAnswer(picture.File, question.Task, question.Prompt, question.Answer, answer));
    }

    public IReadOnlyList<Score> ByTask() =>
        [.. _counts.OrderBy(count => Place(Kinds, count.Key.Kind)).ThenBy(count => Place(Tasks, count.Key.Task)).Select(count => new Score($"{count.Key.Kind}: {count.Key.Task}", count.Value.Right, count.Value.Asked))];

    public IReadOnlyList<Score> ByKind() =>
        [.. _counts.GroupBy(count => count.Key.Kind).OrderBy(kind => Place(Kinds, kind.Key)).Select(kind => new Score(Plural(kind.Key), kind.Sum(count => count.Value.Right), kind.Sum(count => count.Value.Asked)))];

    private static int Place(string[] known, string name) => Array.IndexOf(known, name) is >= 0 and int place ? place : known.Length;

    private static string Plural(string kind) => kind switch
    {
        "sign" => "signs",
        "scene" => "scenes",
        "point" => "pointing",
        _ => kind,
    };
}
