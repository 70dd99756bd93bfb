namespace QwenVl.Model.Execution;

/// <summary>Runs one checkpoint's decoder over any number of sequences. Calls come from one thread at a time.</summary>
public interface ITextDecoder : IDisposable
{
    /// <summary>Logits a token.</summary>
    int VocabularySize { get; }

    /// <summary>The most tokens a sequence may hold.</summary>
    int MaxSequenceLength { get; }

    /// <summary>The most sequences one <see cref="Run"/> advances.</summary>
    int MaxBatchSize { get; }

    /// <summary>The most sequences that exist at a time; may be more than one <see cref="Run"/> advances.</summary>
    int MaxSequences => MaxBatchSize;

    /// <summary>Reserves a key-value cache.</summary>
    /// <param name="capacity">Tokens the sequence may hold, prompt and answer together; 1 to <see cref="MaxSequenceLength"/>.</param>
    /// <returns>An empty sequence; the caller disposes it, before the decoder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is out of range.</exception>
    IDecoderSequence CreateSequence(int capacity);

    /// <summary>
    /// Appends each step's tokens to its sequence, keeping keys and values, and computes the logits of each step's last
    /// token. A run is all or nothing: where it throws, no sequence has grown.
    /// </summary>
    /// <exception cref="ArgumentException">A sequence would outgrow its capacity, occurs twice, or a step is malformed.</exception>
    void Run(IReadOnlyList<DecodeStep> steps);

    /// <summary>The logits of a step's last token.</summary>
    /// <param name="step">A step of the latest run.</param>
    /// <returns>[VocabularySize], valid until the next run.</returns>
    ReadOnlyMemory<float> ReadLogits(DecodeStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.Logits;
    }
}
