using QwenVl.Engines.Decoder;
using QwenVl.Engines.Dialects;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Building;

/// <summary>What to build.</summary>
public sealed record EngineBuildOptions
{
    /// <summary>Which operators the graphs use.</summary>
    public required EngineDialect Dialect { get; init; }

    /// <summary>How the vision tower's linear layers are held.</summary>
    public required WeightFormat VisionWeights { get; init; }

    /// <summary>
    /// How the decoder's linear layers are held, the output head among them. The embedding table always stays as it is in
    /// the checkpoint: a step reads one row of it, where the head is read whole.
    /// </summary>
    public required WeightFormat DecoderWeights { get; init; }

    /// <summary>
    /// Candidates for the next token that a TensorRT decoder ranks, so that the whole vocabulary need not be downloaded; 1
    /// to 3840. A smaller vocabulary makes it smaller. The ONNX Runtime dialect ranks none.
    /// </summary>
    public int TopTokens { get; init; } = 64;

    /// <summary>
    /// Tokens that each sequence's cache holds in the <see cref="EngineDialect.TensorRt11"/> dialect, whose graphs fix it;
    /// a positive multiple of 64. Others take it as a run gives it.
    /// </summary>
    public int CacheCapacity { get; init; } = 4096;

    /// <exception cref="ArgumentException">The dialect has no such weights, or a number is out of its range.</exception>
    internal void Validate()
    {
        foreach (WeightFormat format in (WeightFormat[])[VisionWeights, DecoderWeights])
        {
            if (Dialect is EngineDialect.OnnxRuntime && format is WeightFormat.BFloat16)
                throw new ArgumentException($"ONNX Runtime does not compute in {format} on a CPU; take {WeightFormat.Float32}, which reads the same bytes, or quantised weights.");
            if (Dialect is not EngineDialect.OnnxRuntime && format.IsQuantised())
                throw new ArgumentException($"The {Dialect} dialect has no {format} weights; take {WeightFormat.BFloat16} or {WeightFormat.Float32}.");
        }

        if (TopTokens is < 1 or > TensorRtDialect.MostTopTokens)
            throw new ArgumentException($"TopTokens is {TopTokens}; TensorRT ranks 1 to {TensorRtDialect.MostTopTokens} candidates.");
        if (CacheCapacity <= 0 || CacheCapacity % SplitKeyAttention.ChunkRows != 0)
            throw new ArgumentException($"CacheCapacity is {CacheCapacity}; take a positive multiple of {SplitKeyAttention.ChunkRows}.");
    }
}
