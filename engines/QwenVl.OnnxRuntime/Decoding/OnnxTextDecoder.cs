using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.OnnxRuntime.Sessions;

namespace QwenVl.OnnxRuntime.Decoding;

/// <summary>A decoder on ONNX Runtime; each step of a run is one call of the graph, with the sequence's own cache.</summary>
public sealed class OnnxTextDecoder : ITextDecoder
{
    private readonly InferenceSession _session;
    private readonly ModelConfig _config;
    private readonly RunOptions _run = new();
    private readonly DecoderNames _names;
    private readonly TensorElementType _cacheType;
    private readonly Predicate<IDecoderSequence> _isOwn;
    private readonly List<(float[] Numbers, OrtValue Tensor)> _logits = [];

    // Row 0 of every plane, for steps without pictures.
    private readonly float[] _noRows;
    private bool _disposed;

    private OnnxTextDecoder(InferenceSession session, ModelConfig config, OnnxRuntimeOptions options)
    {
        (_session, _config) = (session, config);
        MaxSequenceLength = Math.Min(options.MaxSequenceLength, config.Text.MaxPositions);
        _names = new DecoderNames(config.Text.Layers);
        _cacheType = session.InputMetadata[_names.Past[0]].ElementDataType;
        _isOwn = sequence => sequence is OnnxDecoderSequence own && own.Owner == this;
        _noRows = new float[(1 + config.Vision.TapIndexes.Count) * config.Text.HiddenSize];
    }

    /// <inheritdoc/>
    public int VocabularySize => _config.Text.VocabularySize;

    /// <inheritdoc/>
    public int MaxSequenceLength { get; }

    /// <inheritdoc/>
    public int MaxBatchSize => 8;

    /// <summary>No bound but memory: each sequence has a cache of its own.</summary>
    public int MaxSequences => int.MaxValue;

    /// <summary>Loads an engine's decoder; takes seconds for a large one.</summary>
    /// <returns>The decoder; the caller disposes it, after its sequences.</returns>
    /// <exception cref="CheckpointException">The engine is for another runtime or damaged.</exception>
    public static OnnxTextDecoder Load(EngineDirectory engine, OnnxRuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxSequenceLength, 1);
        return new OnnxTextDecoder(SessionLoader.Load(engine, engine.DecoderModelPath, engine.DecoderWeightsFolder, options), engine.Config, options);
    }

    /// <inheritdoc/>
    public IDecoderSequence CreateSequence(int capacity)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxSequenceLength);
        return new OnnxDecoderSequence(this, _config.Text, _cacheType, capacity);
    }

    /// <summary>The largest magnitudes in a sequence's cache, which say how a cache of 8 bits is to be scaled.</summary>
    /// <param name="sequence">One of this decoder's, of a cache in float32.</param>
    /// <returns>Of keys and values of each layer in turn, [key heads × head].</returns>
    /// <exception cref="InvalidOperationException">The cache is of 8 bits already.</exception>
    public IReadOnlyList<float[]> CacheExtremes(IDecoderSequence sequence)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (sequence is not OnnxDecoderSequence own || own.Owner != this) throw new ArgumentException("A sequence of another decoder.", nameof(sequence));
        if (_cacheType is not TensorElementType.Float) throw new InvalidOperationException("Magnitudes are measured in a cache of float32; build the engine without scales.");
        int head = _config.Text.HeadDim;
        var extremes = new List<float[]>();
        foreach (OrtValue tensor in own.Cache)
        {
            ReadOnlySpan<float> numbers = tensor.GetTensorDataAsSpan<float>();
            var largest = new float[_config.Text.KeyValueHeads * head];
            for (int channel = 0; channel < largest.Length; channel++)
            {
                int first = channel / head * own.Capacity * head + channel % head;
                for (int row = 0; row < own.Length; row++) largest[channel] = Math.Max(largest[channel], Math.Abs(numbers[first + row * head]));
            }

            extremes.Add(largest);
        }

        return extremes;
    }

    /// <inheritdoc/>
    public void Run(IReadOnlyList<DecodeStep> steps)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        StepCheck.Require(steps, this, _config, _isOwn);
        for (int i = 0; i < steps.Count; i++) Run(steps[i], LogitsBuffer(i).Tensor);
        // Only now, so that a run that throws leaves every sequence as it was: rows beyond a length are never read.
        for (int i = 0; i < steps.Count; i++)
        {
            ((OnnxDecoderSequence)steps[i].Sequence).Grow(steps[i].Tokens.Length);
            steps[i].Logits = _logits[i].Numbers;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach ((_, OrtValue tensor) in _logits) tensor.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    /// <summary>Binds runs of a sequence with one number of tokens; the sequence disposes them.</summary>
    internal BoundStep Bind(OnnxDecoderSequence sequence, int tokens, VisualRows? visual) => new(_session, _names, _config, sequence.Cache, tokens, visual, _noRows);

    private void Run(DecodeStep step, OrtValue logits)
    {
        VisualRows? visual = step.VisualIndex.Span.ContainsAnyExcept(0) ? step.Visual : null;
        ((OnnxDecoderSequence)step.Sequence).Bind(step.Tokens.Length, visual).Run(step, logits, _run);
    }

    private (float[] Numbers, OrtValue Tensor) LogitsBuffer(int index)
    {
        while (_logits.Count <= index)
        {
            var numbers = new float[VocabularySize];
            _logits.Add((numbers, Tensors.Over<float>(numbers, 1, VocabularySize)));
        }

        return _logits[index];
    }
}
