using QwenVl.Engines.Decoder;

namespace QwenVl.Engines.Plans;

/// <summary>The largest runs that plans are built for. More costs memory in every execution context, used or not.</summary>
public sealed record PlanLimits
{
    /// <summary>The most pictures of a vision run, and sequences of a decoding step.</summary>
    public int MaxBatch { get; init; } = 8;

    /// <summary>The most sequences of a run that reads prompts.</summary>
    public int MaxPrefillBatch { get; init; } = 4;

    /// <summary>The most tokens of a prompt that one run reads of a sequence.</summary>
    public int MaxChunk { get; init; } = 512;

    /// <summary>The most tokens a sequence holds; a positive multiple of 64, and at most the capacity of a graph that fixes one.</summary>
    public int MaxSequence { get; init; } = 4096;

    /// <summary>The most patches of a picture in each of the vision tower's profiles; ascending positive multiples of 4.</summary>
    public IReadOnlyList<int> PatchBuckets { get; init; } = [1024, 4096];

    // What depends on the graph too is checked where the profiles are made.
    /// <exception cref="ArgumentException">A limit is none.</exception>
    internal void Validate()
    {
        foreach ((string name, int limit) in ((string, int)[])[(nameof(MaxBatch), MaxBatch), (nameof(MaxPrefillBatch), MaxPrefillBatch), (nameof(MaxChunk), MaxChunk)])
        {
            if (limit < 1) throw new ArgumentException($"{name} is {limit}; take 1 or more.");
        }

        if (MaxSequence < SplitKeyAttention.ChunkRows || MaxSequence % SplitKeyAttention.ChunkRows != 0)
            throw new ArgumentException($"MaxSequence is {MaxSequence}; take a positive multiple of {SplitKeyAttention.ChunkRows}.");
        if (MaxChunk > MaxSequence) throw new ArgumentException($"MaxChunk is {MaxChunk}, but a sequence holds {MaxSequence} tokens; take at most that.");
        if (PatchBuckets.Count == 0) throw new ArgumentException("PatchBuckets is empty; name the patches of the largest picture.");
    }
}
