using QwenVl.Model.Configuration;

namespace QwenVl.Model.Execution;

/// <summary>Refuses malformed steps before any of them has run, for all decoders in the same words.</summary>
public static class StepCheck
{
    /// <summary>Checks all steps of a run.</summary>
    /// <param name="steps">The run.</param>
    /// <param name="decoder">What is to run it.</param>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="isOwn">Whether a sequence is the decoder's.</param>
    /// <exception cref="ArgumentException">A step is malformed, a sequence another decoder's, full or twice there.</exception>
    public static void Require(IReadOnlyList<DecodeStep> steps, ITextDecoder decoder, ModelConfig config, Predicate<IDecoderSequence> isOwn)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(isOwn);
        if (steps.Count == 0 || steps.Count > decoder.MaxBatchSize)
            throw new ArgumentException($"{steps.Count} steps where 1 to {decoder.MaxBatchSize} are taken.", nameof(steps));
        for (int i = 0; i < steps.Count; i++)
        {
            DecodeStep step = steps[i];
            IDecoderSequence sequence = step.Sequence;
            if (!isOwn(sequence)) throw new ArgumentException("A sequence of another decoder.", nameof(steps));
            for (int j = 0; j < i; j++)
            {
                if (steps[j].Sequence == sequence) throw new ArgumentException("A sequence occurs twice.", nameof(steps));
            }

            RequireTokens(step, config);
            RequireVisual(step, config);
            if (sequence.Length + step.Tokens.Length > sequence.Capacity)
                throw new ArgumentException($"{sequence.Length} tokens and {step.Tokens.Length} more are over the sequence's capacity of {sequence.Capacity}.", nameof(steps));
        }
    }

    private static void RequireTokens(DecodeStep step, ModelConfig config)
    {
        if (step.Tokens.IsEmpty) throw new ArgumentException("A step without tokens.", nameof(step));
        foreach (int token in step.Tokens.Span)
        {
            if (token < 0 || token >= config.Text.VocabularySize)
                throw new ArgumentException($"Token {token} is outside the vocabulary of {config.Text.VocabularySize}.", nameof(step));
        }

        if (step.Positions.Length != 3 * step.Tokens.Length)
            throw new ArgumentException($"{step.Positions.Length} positions where {step.Tokens.Length} tokens need 3 each.", nameof(step));
    }

    private static void RequireVisual(DecodeStep step, ModelConfig config)
    {
        if (step.VisualIndex.IsEmpty) return;
        if (step.VisualIndex.Length != step.Tokens.Length)
            throw new ArgumentException($"{step.VisualIndex.Length} visual indexes for {step.Tokens.Length} tokens.", nameof(step));
        int rows = step.Visual?.Rows ?? 0;
        foreach (int index in step.VisualIndex.Span)
        {
            if (index < 0 || index > rows) throw new ArgumentException($"Visual index {index} where {rows} feature rows are given.", nameof(step));
        }

        if (step.Visual is { } visual && (visual.Width != config.Text.HiddenSize || visual.TapCount != config.Vision.TapIndexes.Count))
        {
            throw new ArgumentException(
                $"Features of width {visual.Width} with {visual.TapCount} taps; this decoder takes {config.Text.HiddenSize} with {config.Vision.TapIndexes.Count}.", nameof(step));
        }
    }
}
