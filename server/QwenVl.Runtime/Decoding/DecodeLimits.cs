using QwenVl.Runtime.Configuration;

namespace QwenVl.Runtime.Decoding;

/// <summary>What bounds a decoder's work; where the decoder itself takes less, that holds.</summary>
public sealed record DecodeLimits
{
    /// <summary>Sequences a step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Sequences in the decoder; where there are more than a step takes, they take turns. 0: as many as a step takes.</summary>
    public int Sequences { get; init; }

    /// <summary>Tokens of the key-value cache, of all sequences together. 0: as many as all sequences may hold.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Generations that may wait.</summary>
    public int QueueLength { get; init; } = 256;

    /// <summary>Who would wait longer, as fast as work is done lately, is refused.</summary>
    public TimeSpan QueueWait { get; init; } = TimeSpan.MaxValue;

    /// <summary>Prompt tokens a step of one sequence.</summary>
    public int PrefillChunk { get; init; } = 512;

    /// <summary>Tokens a step, of all sequences together; at least 2.</summary>
    public int StepTokens { get; init; } = 512;

    /// <summary>The limits that the options set.</summary>
    public static DecodeLimits Of(RuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DecodeLimits
        {
            BatchSize = options.MaxBatchSize,
            Sequences = options.MaxSequences,
            CachedTokens = options.MaxCachedTokens,
            QueueLength = options.MaxQueueLength,
            QueueWait = TimeSpan.FromMilliseconds(options.MaxQueueWaitMs),
            PrefillChunk = options.PrefillChunkTokens,
            StepTokens = options.MaxStepTokens,
        };
    }
}
