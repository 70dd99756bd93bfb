namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>
/// When an answer is right: where the right one is a box, the same label and an overlap of at least one half; else the
/// same text, character for character.
/// </summary>
internal static class AnswerRule
{
    private const double LeastOverlap = 0.5;

    public static bool IsRight(string answer, string right)
    {
        if (PointAnswer.Parse(right) is not { } wanted) return string.Equals(answer, right, StringComparison.Ordinal);
        return PointAnswer.Parse(answer) is { } found && found.Label == wanted.Label && found.Overlap(wanted) >= LeastOverlap;
    }
}
