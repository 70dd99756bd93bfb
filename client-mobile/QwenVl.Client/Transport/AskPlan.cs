using QwenVl.Client.Answers;
using QwenVl.Client.Handoff;

namespace QwenVl.Client.Transport;

/// <summary>What a server is asked for this time: an answer may take several questions on several streams.</summary>
/// <param name="Question">What the caller asked.</param>
internal sealed record AskPlan(AnswerQuestion Question)
{
    /// <summary>The answer so far, by whomever.</summary>
    public int[] Prefix { get; init; } = [];

    /// <summary>Whether the server writes.</summary>
    public bool Tokens { get; init; }

    /// <summary>Takes the features, and may hold some of them from an earlier stream; null where none are wanted.</summary>
    public FeatureAssembler? Features { get; init; }

    /// <summary>The index from which the device writes in any case; null where the server goes on until it is asked.</summary>
    public int? TakeOverAt { get; init; }

    /// <summary>Token ids are under this.</summary>
    public int VocabularySize { get; init; } = int.MaxValue;
}
