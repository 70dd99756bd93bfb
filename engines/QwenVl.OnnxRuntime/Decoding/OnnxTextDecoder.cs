using System.Globalization;
using Microsoft.ML.OnnxRuntime;
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
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly List<float[]> _logits = [];
    private readonly StepInputs _inputs;
    private bool _disposed;

    private OnnxTextDecoder(InferenceSession session, ModelConfig config, OnnxRuntimeOptions options)
    {
        (_session, _config) = (session, config);
        MaxSequenceLength = Math.Min(options.MaxSequenceLength, config.Text.MaxPositions);
        _inputs = new StepInputs(config);
        _inputNames = [.. _inputs.Names, .. CacheNames("past")];
        _outputNames = ["logits", .. CacheNames("present")];
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
        return new OnnxDecoderSequence(this, _config.Text, capacity);
    }

    /// <inheritdoc/>
    public void Run(IReadOnlyList<DecodeStep> steps)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        StepCheck.Require(steps, this, _config, sequence => sequence is OnnxDecoderSequence own && own.Owner == this);
        for (int i = 0; i < steps.Count; i++) Run(steps[i], LogitsBuffer(i));
        // Only now, so that a run that throws leaves every sequence as it was: rows beyond a length are never read.
        for (int i = 0; i < steps.Count; i++)
        {
            ((OnnxDecoderSequence)steps[i].Sequence).Grow(steps[i].Tokens.Length);
            steps[i].Logits = _logits[i];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _run.Dispose();
        _session.Dispose();
    }

    private void Run(DecodeStep step, float[] logits)
    {
        var sequence = (OnnxDecoderSequence)step.Sequence;
        using OrtValue output = Tensors.Over<float>(logits, 1, VocabularySize);
        IReadOnlyList<OrtValue> inputs = _inputs.Create(step);
        try
        {
            _session.Run(_run, _inputNames, [.. inputs, .. sequence.Cache], _outputNames, [output, .. sequence.Cache]);
        }
        finally
        {
            foreach (OrtValue input in inputs) input.Dispose();
        }
    }

    private float[] LogitsBuffer(int index)
    {
        while (_logits.Count <= index) _logits.Add(new float[VocabularySize]);
        return _logits[index];
    }

    private IEnumerable<string> CacheNames(string prefix)
    {
        for (int layer = 0; layer < _config.Text.Layers; layer++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{prefix}_key.{layer}");
            yield return string.Create(CultureInfo.InvariantCulture, $"{prefix}_value.{layer}");
        }
    }
}
