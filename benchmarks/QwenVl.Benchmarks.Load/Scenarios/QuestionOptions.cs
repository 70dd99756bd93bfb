using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>What is asked.</summary>
internal sealed record QuestionOptions
{
    /// <summary>Words of a prompt.</summary>
    public required WholeRange PromptWords { get; init; }

    /// <summary>Whether tokens are asked for.</summary>
    public required bool Tokens { get; init; }

    /// <summary>The most tokens of an answer.</summary>
    public required WholeRange MaxNewTokens { get; init; }

    /// <summary>The index from which the client writes the answer; 0: the server writes all.</summary>
    public required int TakeOverAt { get; init; }

    /// <summary>How features are written; unspecified: none are asked for.</summary>
    public required FeatureType Features { get; init; }

    /// <summary>The budget of pixels.</summary>
    public required Resolution Resolution { get; init; }
}
