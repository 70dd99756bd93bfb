namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>How far a decoder is from the reference while the reference's answers are fed to it.</summary>
/// <param name="how">How it was fed; empty for one sequence at a time and the reference's features.</param>
internal sealed class AnswerParity(string how)
{
    private readonly LogitParity _logits = new(how);
    private readonly TokenParity _tokens = new(how);

    public void Add(ReferenceAnswer expected, FedAnswer actual)
    {
        _logits.Add(expected.Picture, expected.Fed.Logits, actual.Logits);
        _tokens.Add(expected, actual.Choices);
    }

    public IEnumerable<Measurement> Measurements() => [.. _logits.Measurements(), .. _tokens.Measurements()];
}
