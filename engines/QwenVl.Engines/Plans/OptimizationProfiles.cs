using QwenVl.Engines.Decoder;

namespace QwenVl.Engines.Plans;

/// <summary>The optimisation profiles of both graphs, in the order in which plans number them.</summary>
public static class OptimizationProfiles
{
    private const int PatchesAToken = 4;
    private const int CacheStep = SplitKeyAttention.ChunkRows;

    // Most answers are given at such a length; kernels for it run at others too.
    private const int UsualRows = 1024;

    /// <summary>One profile for each bucket of patches. Each begins where the one before ends: smaller pictures belong there.</summary>
    /// <exception cref="ArgumentException">A limit is out of its range.</exception>
    public static IReadOnlyList<OptimizationProfileShapes> Vision(GraphSignature graph, PlanLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var profiles = new List<OptimizationProfileShapes>();
        int least = PatchesAToken;
        foreach (int most in limits.PatchBuckets)
        {
            if (most % PatchesAToken != 0 || most < least) throw new ArgumentException($"Bucket of {most} patches: take ascending positive multiples of {PatchesAToken}.", nameof(limits));
            profiles.Add(OptimizationProfileShapes.Create($"vision-{most}", graph, new Dictionary<string, LengthRange>
            {
                [GraphSymbols.Batch] = new(1, limits.MaxBatch, limits.MaxBatch),
                [GraphSymbols.Patches] = new(least, most, most),
            }));
            least = most;
        }

        return profiles;
    }

    /// <summary>First <c>decode</c>, one token of each sequence, then <c>prefill</c>, chunks of prompts over any past.</summary>
    /// <exception cref="ArgumentException">A limit is out of its range.</exception>
    public static IReadOnlyList<OptimizationProfileShapes> Decoder(GraphSignature graph, PlanLimits limits)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(limits);
        int rows = limits.MaxSequence, chunk = limits.MaxChunk;
        if (rows < CacheStep || rows % CacheStep != 0) throw new ArgumentException($"MaxSequence is {rows}; take a positive multiple of {CacheStep}.", nameof(limits));
        if (Capacity(graph) is { } capacity && rows > capacity)
            throw new ArgumentException($"MaxSequence is {rows}, but the graph's cache holds {capacity}; build the graph with a larger CacheCapacity.", nameof(limits));

        return
        [
            Profile("decode", limits.MaxBatch, limits.MaxBatch, 1, Math.Min(UsualRows, rows), Math.Min(UsualRows, rows)),
            // Prompts mostly come alone and begin with no past.
            Profile("prefill", 1, limits.MaxPrefillBatch, chunk, CacheStep, Math.Min(rows, RoundUp(chunk))),
        ];

        OptimizationProfileShapes Profile(string name, int usualBatch, int batch, int tokens, int usualPast, int usualActive) => OptimizationProfileShapes.Create(name, graph, new Dictionary<string, LengthRange>
        {
            [GraphSymbols.Batch] = new(1, usualBatch, batch),
            [GraphSymbols.Tokens] = new(1, tokens, tokens),
            [GraphSymbols.PastRows] = new(CacheStep, usualPast, rows),
            [GraphSymbols.ActiveRows] = new(CacheStep, usualActive, rows),
            // Every token may be a visual one.
            [GraphSymbols.VisualRows] = new(1, 1 + (tokens == 1 ? 0 : tokens), 1 + (long)batch * tokens),
        });
    }

    // The fixed rows of a cache [B, key heads, capacity, head]; null where the graph leaves them to the run.
    private static long? Capacity(GraphSignature graph) =>
        graph.Inputs.FirstOrDefault(input => input.Shape is [_, _, { Symbol: null }, _] && input.Name.Contains("_cache.", StringComparison.Ordinal))?.Shape[2].Length;

    private static int RoundUp(int rows) => (rows + CacheStep - 1) / CacheStep * CacheStep;
}
