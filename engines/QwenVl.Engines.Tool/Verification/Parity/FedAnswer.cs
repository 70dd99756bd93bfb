namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>What a decoder said while an answer was fed to it. Item 0 is after the prompt, item i after token i - 1.</summary>
internal sealed class FedAnswer
{
    /// <summary>All logits.</summary>
    public List<float[]> Logits { get; } = [];

    /// <summary>The token that would have been chosen.</summary>
    public List<int> Choices { get; } = [];

    /// <summary>Whether the ranked candidates agree with the logits; null where the decoder ranks none.</summary>
    public List<bool?> RankedRight { get; } = [];
}
