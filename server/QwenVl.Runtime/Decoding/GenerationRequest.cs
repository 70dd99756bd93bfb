using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Decoding;

/// <summary>What to generate.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Visual">The features of its pictures, or null where it has none.</param>
/// <param name="AnswerPrefix">Tokens of the answer that exist already.</param>
/// <param name="MaxNewTokens">The answer's most tokens, <paramref name="AnswerPrefix"/> included.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="StopTokenIds">Ids that end the answer.</param>
public sealed record GenerationRequest(
    Prompt Prompt,
    VisualRows? Visual,
    IReadOnlyList<int> AnswerPrefix,
    int MaxNewTokens,
    SamplingParameters Sampling,
    IReadOnlyList<int> StopTokenIds)
{
    /// <summary>On whose behalf.</summary>
    public Tenant Tenant { get; init; } = Tenant.Anonymous;

    /// <summary>Tokens of this index and later are somebody else's to write; see <see cref="Generation.StopAt"/>.</summary>
    public int TakeOverAt { get; init; } = int.MaxValue;

    /// <summary>Tokens the key-value cache must hold.</summary>
    public int Capacity => Prompt.Length + Math.Max(MaxNewTokens, AnswerPrefix.Count);
}
