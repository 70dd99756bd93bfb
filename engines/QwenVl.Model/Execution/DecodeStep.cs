using QwenVl.Model.Sampling;

namespace QwenVl.Model.Execution;

/// <summary>What one sequence does in one run of the decoder: a chunk of its prompt, or one token of its answer.</summary>
public sealed class DecodeStep
{
    /// <summary>The sequence to append to.</summary>
    public required IDecoderSequence Sequence { get; init; }

    /// <summary>The tokens to append, at least one.</summary>
    public required ReadOnlyMemory<int> Tokens { get; set; }

    /// <summary>[3, Tokens.Length]: time, height and width position of each token.</summary>
    public required ReadOnlyMemory<int> Positions { get; init; }

    /// <summary>
    /// For each token 0 where its embedding is looked up, or 1 + the row of <see cref="Visual"/> that replaces it. Empty
    /// where no token is visual.
    /// </summary>
    public ReadOnlyMemory<int> VisualIndex { get; init; }

    /// <summary>The feature rows of the whole prompt's pictures; may be null where no token of this step is visual.</summary>
    public VisualRows? Visual { get; init; }

    /// <summary>
    /// Filled by the run: the last token's logits, or empty where <see cref="Candidates"/> are filled and the logits stay
    /// where they were computed: then <see cref="ITextDecoder.ReadLogits"/> gets them. Valid until the decoder's next run.
    /// </summary>
    public ReadOnlyMemory<float> Logits { get; set; }

    /// <summary>Filled by the run of a decoder that sorts on its device: the best next tokens. Valid until the decoder's next run.</summary>
    public TokenCandidates? Candidates { get; set; }
}
