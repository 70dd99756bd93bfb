namespace QwenVl.Model.Sampling;

/// <summary>How the next token is chosen from the logits.</summary>
public sealed record SamplingParameters
{
    /// <summary>The best token, always.</summary>
    public static SamplingParameters Greedy { get; } = new();

    /// <summary>0 (greedy) to 10; logits are divided by it.</summary>
    public float Temperature { get; init; }

    /// <summary>Over 0, at most 1: the smallest set of best tokens whose probabilities reach this is kept.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>The number of best tokens kept; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Over 0, at most 10: logits of tokens seen before are divided by it where positive, multiplied where not. 1 does nothing.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>The draw of token <c>i</c> depends on the seed and <c>i</c> alone, so that either end of a handoff draws the same.</summary>
    public ulong Seed { get; init; }

    /// <summary>What is wrong with the values, or null.</summary>
    public string? Problem => this switch
    {
        { Temperature: not (>= 0 and <= 10) } => $"temperature {Temperature} is not in 0 to 10",
        { TopP: not (> 0 and <= 1) } => $"top_p {TopP} is not over 0 and at most 1",
        { TopK: < 0 } => $"top_k {TopK} is negative",
        { RepetitionPenalty: not (> 0 and <= 10) } => $"repetition_penalty {RepetitionPenalty} is not over 0 and at most 10",
        _ => null,
    };
}
