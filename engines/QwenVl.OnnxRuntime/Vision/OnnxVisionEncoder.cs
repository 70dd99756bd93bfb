using Microsoft.ML.OnnxRuntime;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime.Sessions;

namespace QwenVl.OnnxRuntime.Vision;

/// <summary>
/// A vision tower on ONNX Runtime. Pictures of a batch run side by side, a core each: a CPU gains nothing from padding them to one
/// size, but much from not sharing each small product out among all cores.
/// </summary>
public sealed class OnnxVisionEncoder : IVisionEncoder
{
    // The area budget of the 512 resolution. Nothing is padded; but a batch is given back when its last picture is done.
    private const int SmallPatches = 1024;
    private static readonly string[] InputNames = ["patches", "pos_index", "pos_weight", "rope_cos", "rope_sin", "key_mask"];

    private readonly InferenceSession _session;
    private readonly VisionConfig _config;
    private readonly VisionTableCache _tables;
    private readonly RunOptions _run = new();
    private readonly RunThreads _threads;
    private readonly string[] _outputNames;
    private readonly float[] _noMask;

    private OnnxVisionEncoder(InferenceSession session, VisionConfig config, OnnxRuntimeOptions options)
    {
        (_session, _config, _tables, MaxPatches) = (session, config, new VisionTableCache(config), options.MaxPatches);
        _outputNames = TapCount == 0 ? ["features"] : ["features", "taps"];
        _noMask = new float[MaxPatches];
        int cores = options.IntraOpThreads > 0 ? options.IntraOpThreads : Environment.ProcessorCount;
        _threads = new RunThreads(Math.Min(cores, MaxBatchSize) - 1);
        PatchBuckets = MaxPatches > SmallPatches ? [SmallPatches, MaxPatches] : [MaxPatches];
    }

    /// <inheritdoc/>
    public int FeatureWidth => _config.OutHiddenSize;

    /// <inheritdoc/>
    public int TapCount => _config.TapIndexes.Count;

    /// <inheritdoc/>
    public int MaxBatchSize => 8;

    /// <inheritdoc/>
    public int MaxPatches { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> PatchBuckets { get; }

    /// <summary>Loads an engine's vision tower; takes seconds for a large one.</summary>
    /// <returns>The tower; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">The engine is for another runtime or damaged.</exception>
    public static OnnxVisionEncoder Load(EngineDirectory engine, OnnxRuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPatches, 4);
        return new OnnxVisionEncoder(SessionLoader.Load(engine, engine.VisionModelPath, engine.VisionWeightsFolder, options), engine.Config.Vision, options);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0 || batch.Count > MaxBatchSize) throw new ArgumentException($"{batch.Count} pictures where 1 to {MaxBatchSize} are taken.", nameof(batch));
        foreach (ImagePatches image in batch)
        {
            if (image.Grid.Patches > MaxPatches) throw new ArgumentException($"A picture of {image.Grid.Patches} patches where {MaxPatches} are taken.", nameof(batch));
            if (image.Values.Length != image.Grid.Patches * ImageGrid.PatchLength)
                throw new ArgumentException($"{image.Values.Length} bytes where a grid of {image.Grid} has {image.Grid.Patches * ImageGrid.PatchLength}.", nameof(batch));
        }

        var results = new ImageFeatures[batch.Count];
        _threads.ForEach(results.Length, i => results[i] = Encode(batch[i]));
        return results;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _threads.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private ImageFeatures Encode(ImagePatches image)
    {
        VisionTables tables = _tables.Get(image.Grid);
        long patches = image.Grid.Patches, tokens = image.Grid.Tokens;
        var values = new float[(1 + TapCount) * tokens * FeatureWidth];
        int plane = (int)(tokens * FeatureWidth);
        var tensors = new List<OrtValue>();
        try
        {
            tensors.Add(Tensors.OverInput(image.Values, 1, patches, ImageGrid.PatchLength));
            tensors.Add(Tensors.Over<int>(tables.PositionIndexes, 1, patches, 4));
            tensors.Add(Tensors.Over<float>(tables.PositionWeights, 1, patches, 4));
            tensors.Add(Tensors.Over<float>(tables.RopeCos, 1, patches, tables.HeadDim));
            tensors.Add(Tensors.Over<float>(tables.RopeSin, 1, patches, tables.HeadDim));
            tensors.Add(Tensors.Over(_noMask.AsMemory(0, (int)patches), 1, 1, 1, patches));
            tensors.Add(Tensors.Over(values.AsMemory(0, plane), 1, tokens, FeatureWidth));
            if (TapCount > 0) tensors.Add(Tensors.Over(values.AsMemory(plane), TapCount, 1, tokens, FeatureWidth));
            _session.Run(_run, InputNames, tensors[..InputNames.Length], _outputNames, tensors[InputNames.Length..]);
        }
        finally
        {
            foreach (OrtValue tensor in tensors) tensor.Dispose();
        }

        return new ImageFeatures(image.Grid, FeatureWidth, TapCount, values);
    }
}
