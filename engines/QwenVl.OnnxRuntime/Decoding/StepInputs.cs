using Microsoft.ML.OnnxRuntime;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.OnnxRuntime.Sessions;

namespace QwenVl.OnnxRuntime.Decoding;

/// <summary>Makes a step's tokens, positions and pictures into the graph's inputs.</summary>
internal sealed class StepInputs(ModelConfig config)
{
    private readonly int _taps = config.Vision.TapIndexes.Count;

    // Row 0 alone, for steps without pictures.
    private readonly float[] _noRows = new float[(1 + config.Vision.TapIndexes.Count) * config.Text.HiddenSize];

    public IReadOnlyList<string> Names { get; } = config.Vision.TapIndexes.Count == 0
        ? ["input_ids", "visual", "visual_index", "position_ids", "seqlens_k", "total_sequence_length"]
        : ["input_ids", "visual", "visual_taps", "visual_index", "position_ids", "seqlens_k", "total_sequence_length"];

    /// <returns>In the order of <see cref="Names"/>; the caller disposes each.</returns>
    public IReadOnlyList<OrtValue> Create(DecodeStep step)
    {
        int tokens = step.Tokens.Length, total = step.Sequence.Length + tokens, width = config.Text.HiddenSize;
        bool visual = step.Visual is not null && step.VisualIndex.Span.ContainsAnyExcept(0);
        int rows = visual ? 1 + step.Visual!.Rows : 1;
        ReadOnlyMemory<float> main = visual ? step.Visual!.Main : _noRows.AsMemory(0, width);

        var inputs = new List<OrtValue>(Names.Count);
        try
        {
            inputs.Add(Longs(step.Tokens, 1, tokens));
            inputs.Add(Tensors.OverInput(main, rows, width));
            if (_taps > 0) inputs.Add(Tensors.OverInput(visual ? step.Visual!.Taps : _noRows.AsMemory(width), _taps, rows, width));
            inputs.Add(visual ? Longs(step.VisualIndex, 1, tokens) : Tensors.Over<long>(new long[tokens], 1, tokens));
            inputs.Add(Longs(step.Positions, 3, 1, tokens));
            inputs.Add(Tensors.Over<int>(new[] { total - 1 }, 1));
            inputs.Add(Tensors.Over<int>(new[] { total }, 1));
            return inputs;
        }
        catch
        {
            foreach (OrtValue input in inputs) input.Dispose();
            throw;
        }
    }

    private static OrtValue Longs(ReadOnlyMemory<int> values, params long[] shape)
    {
        var longs = new long[values.Length];
        ReadOnlySpan<int> source = values.Span;
        for (int i = 0; i < longs.Length; i++) longs[i] = source[i];
        return Tensors.Over<long>(longs, shape);
    }
}
