using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>How far logits are from those of the reference: after prompts, and while answers are given.</summary>
/// <param name="how">How they were computed, in the middle of a line's name.</param>
internal sealed class LogitParity(string how)
{
    private readonly ParityScore _prompt = new($"logits{how}");
    private readonly ParityScore _answer = new($"answer's logits{how}");

    /// <param name="picture">Of which question.</param>
    /// <param name="expected">After the prompt first, then after each token but the last.</param>
    /// <param name="actual">The same.</param>
    public void Add(string picture, IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual)
    {
        _prompt.Add(picture, expected[0], actual[0]);
        for (int token = 1; token < expected.Count; token++) _answer.Add($"{picture} at token {Quantities.Count(token)}", expected[token], actual[token]);
    }

    public IEnumerable<Measurement> Measurements() => [.. _prompt.All(), .. _answer.All()];
}
