using QwenVl.Engines.Decoder;
using QwenVl.Engines.Dialects;
using QwenVl.Engines.Plans;
using QwenVl.Engines.Quantization;
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
    /// How the decoder's linear layers are held, the output head among them. The embedding table stays as it is in the checkpoint,
    /// unless <see cref="SharesEmbedding"/> says otherwise.
    /// </summary>
    public required WeightFormat DecoderWeights { get; init; }

    /// <summary>
    /// Whether a decoder of quantised weights reads the embedding of a token from the head's own bytes, where the checkpoint ties
    /// both: the file is smaller by the whole table, and embeddings are as exact as the head. Off, the table stays as it is. Of no
    /// effect where the width is no multiple of a block.
    /// </summary>
    public bool SharesEmbedding { get; init; } = true;

    /// <summary>
    /// How the key-value cache of the ONNX Runtime dialect is rounded to 8 bits; null, the default, keeps it in float32, which is four
    /// times as large and faster while a prompt is taken in.
    /// </summary>
    public CacheScales? CacheScales { get; init; }

    /// <summary>
    /// Candidates for the next token that a TensorRT decoder ranks, so that the whole vocabulary need not be downloaded; 1
    /// to 3840. A smaller vocabulary makes it smaller. The ONNX Runtime dialect ranks none.
    /// </summary>
    public int TopTokens { get; init; } = 64;

    /// <summary>
    /// Tokens that each sequence's cache holds in the <see cref="EngineDialect.TensorRt11"/> dialect, whose graphs fix it;
    /// a positive multiple of 64. Others take it as a run gives it. With <see cref="Plans"/> it is what these are limited to,
    /// <see cref="PlanLimits.MaxSequence"/>, and this number is not used.
    /// </summary>
    public int CacheCapacity { get; init; } = 4096;

    /// <summary>How TensorRT turns the graphs into plans; null where the graphs are wanted alone. See <see cref="ForPlans"/>.</summary>
    public PlanBuildOptions? Plans { get; init; }

    /// <summary>The capacity that graphs are emitted with.</summary>
    internal int GraphCapacity => Plans?.Limits.MaxSequence ?? CacheCapacity;

    /// <summary>An engine with plans: the graphs are in the dialect that the library takes, and so follow its version.</summary>
    /// <param name="plans">How TensorRT builds.</param>
    /// <param name="weights">What both graphs compute in.</param>
    /// <exception cref="NotSupportedException">The library is too old.</exception>
    public static EngineBuildOptions ForPlans(PlanBuildOptions plans, WeightFormat weights = WeightFormat.BFloat16)
    {
        ArgumentNullException.ThrowIfNull(plans);
        return new EngineBuildOptions { Dialect = TensorRtDialects.For(plans.Library.Version.Number), VisionWeights = weights, DecoderWeights = weights, Plans = plans };
    }

    /// <exception cref="ArgumentException">The dialect has no such weights, or a number is out of its range.</exception>
    internal void Validate()
    {
        ValidatePlans();
        foreach (WeightFormat format in (WeightFormat[])[VisionWeights, DecoderWeights])
        {
            if (Dialect is EngineDialect.OnnxRuntime && format is WeightFormat.BFloat16)
                throw new ArgumentException($"ONNX Runtime does not compute in {format} on a CPU; take {WeightFormat.Float32}, which reads the same bytes, or quantised weights.");
            if (Dialect is not EngineDialect.OnnxRuntime && format.IsQuantised())
                throw new ArgumentException($"The {Dialect} dialect has no {format} weights; take {WeightFormat.BFloat16} or {WeightFormat.Float32}.");
        }

        if (DecoderWeights is WeightFormat.Int8Dynamic)
            throw new ArgumentException($"{WeightFormat.Int8Dynamic} is for vision towers; take {WeightFormat.Int8} for a decoder.");
        if (Dialect is not EngineDialect.OnnxRuntime && CacheScales is not null)
            throw new ArgumentException($"The {Dialect} dialect has no cache of 8 bits; leave CacheScales out.");
        if (TopTokens is < 1 or > TensorRtDialect.MostTopTokens)
            throw new ArgumentException($"TopTokens is {TopTokens}; TensorRT ranks 1 to {TensorRtDialect.MostTopTokens} candidates.");
        if (CacheCapacity <= 0 || CacheCapacity % SplitKeyAttention.ChunkRows != 0)
            throw new ArgumentException($"CacheCapacity is {CacheCapacity}; take a positive multiple of {SplitKeyAttention.ChunkRows}.");
    }

    private void ValidatePlans()
    {
        if (Plans is null) return;
        Plans.Validate();
        EngineDialect newest = TensorRtDialects.For(Plans.Library.Version.Number);
        // Every version reads the older dialect.
        if (Dialect is EngineDialect.OnnxRuntime || (Dialect is EngineDialect.TensorRt11 && newest is EngineDialect.TensorRt10))
            throw new ArgumentException($"{Plans.Product} {Plans.Version} builds no plans of the {Dialect} dialect; take {newest}.");
    }
}
