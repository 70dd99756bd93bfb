using Microsoft.ML.OnnxRuntime;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.OnnxRuntime.Sessions;

namespace QwenVl.OnnxRuntime.Decoding;

/// <summary>
/// Runs of one sequence with one number of tokens: inputs, cache and logits lie at fixed places that are bound once. Another
/// run of them writes a few numbers and calls the graph, and puts nothing on the managed heap.
/// </summary>
internal sealed class BoundStep : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _values = [];
    private readonly VisualRows? _visual;
    private readonly long[] _ids;
    private readonly long[] _visualIndex;
    private readonly long[] _positions;
    private readonly int[] _lastIndex = new int[1];
    private readonly int[] _total = new int[1];
    private OrtValue? _logits;

    /// <param name="session">The graph.</param>
    /// <param name="names">The graph's names.</param>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="cache">Keys and values of each layer in turn; read and written in place.</param>
    /// <param name="tokens">Tokens a run.</param>
    /// <param name="visual">The pictures that runs look into; null where none do.</param>
    /// <param name="noRows">[1 + taps, width] zeros, for runs without pictures.</param>
    public BoundStep(InferenceSession session, DecoderNames names, ModelConfig config, IReadOnlyList<OrtValue> cache, int tokens, VisualRows? visual, float[] noRows)
    {
        (_session, _visual) = (session, visual);
        (_ids, _visualIndex, _positions) = (new long[tokens], new long[tokens], new long[3 * tokens]);
        int width = config.Text.HiddenSize, taps = config.Vision.TapIndexes.Count, rows = 1 + (visual?.Rows ?? 0);
        _binding = session.CreateIoBinding();
        try
        {
            Bind("input_ids", Tensors.Over<long>(_ids, 1, tokens));
            Bind("visual", Tensors.OverInput(visual?.Main ?? noRows.AsMemory(0, width), rows, width));
            if (taps > 0) Bind("visual_taps", Tensors.OverInput(visual?.Taps ?? noRows.AsMemory(width), taps, rows, width));
            Bind("visual_index", Tensors.Over<long>(_visualIndex, 1, tokens));
            Bind("position_ids", Tensors.Over<long>(_positions, 3, 1, tokens));
            Bind("seqlens_k", Tensors.Over<int>(_lastIndex, 1));
            Bind("total_sequence_length", Tensors.Over<int>(_total, 1));
            for (int i = 0; i < cache.Count; i++)
            {
                _binding.BindInput(names.Past[i], cache[i]);
                _binding.BindOutput(names.Present[i], cache[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        void Bind(string name, OrtValue value)
        {
            _values.Add(value);
            _binding.BindInput(name, value);
        }
    }

    /// <summary>Whether a step can be run here.</summary>
    public bool Fits(int tokens, VisualRows? visual) => tokens == _ids.Length && visual == _visual;

    /// <summary>Appends a step's tokens to the cache.</summary>
    /// <param name="step">A step that fits.</param>
    /// <param name="logits">Receives the last token's logits; bound anew where it is another one than before.</param>
    /// <param name="run">How the graph is run.</param>
    public void Run(DecodeStep step, OrtValue logits, RunOptions run)
    {
        Copy(step.Tokens.Span, _ids);
        Copy(step.Positions.Span, _positions);
        if (_visual is not null) Copy(step.VisualIndex.Span, _visualIndex);
        _total[0] = step.Sequence.Length + _ids.Length;
        _lastIndex[0] = _total[0] - 1;
        if (_logits != logits)
        {
            _binding.BindOutput(DecoderNames.Logits, logits);
            _logits = logits;
        }

        _session.RunWithBinding(run, _binding);
    }

    public void Dispose()
    {
        _binding.Dispose();
        foreach (OrtValue value in _values) value.Dispose();
    }

    private static void Copy(ReadOnlySpan<int> source, long[] target)
    {
        for (int i = 0; i < source.Length; i++) target[i] = source[i];
    }
}
