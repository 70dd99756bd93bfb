using Microsoft.ML.OnnxRuntime;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;

namespace QwenVl.Tests.Engines.Dialects;

/// <summary>One sequence of a decoder graph of the standard dialect: keeps its cache in arrays.</summary>
internal sealed class StandardDecoder(EngineDirectory engine) : IDisposable
{
    private readonly StandardRunner _runner = new(engine.DecoderModelPath, engine.DecoderWeightsFolder);
    private readonly TextConfig _text = engine.Config.Text;

    // Keys and values of each layer in turn; each a list of rows a key head.
    private readonly List<float>[] _cache = [.. Enumerable.Range(0, 2 * engine.Config.Text.Layers * engine.Config.Text.KeyValueHeads).Select(_ => new List<float>())];

    public int Length => _cache[0].Count / _text.HeadDim;

    public float[] Append(DecodeStep step)
    {
        int tokens = step.Tokens.Length, past = Length, total = past + tokens, taps = engine.Config.Vision.TapIndexes.Count, width = _text.HiddenSize;
        int rows = 1 + (step.Visual?.Rows ?? 0);
        var mask = new float[tokens * total];
        for (int row = 0; row < tokens; row++) mask.AsSpan(row * total + past + row + 1, tokens - row - 1).Fill(-1e9f);
        var inputs = new List<(string, OrtValue)>
        {
            ("input_ids", Longs(step.Tokens, 1, tokens)),
            ("visual", OrtValue.CreateTensorValueFromMemory(step.Visual?.Main.ToArray() ?? new float[width], [rows, width])),
            ("visual_index", Longs(step.VisualIndex.IsEmpty ? new int[tokens] : step.VisualIndex, 1, tokens)),
            ("position_ids", Longs(step.Positions, 3, 1, tokens)),
            ("attention_mask", OrtValue.CreateTensorValueFromMemory(mask, [1, 1, tokens, total])),
        };
        if (taps > 0) inputs.Add(("visual_taps", OrtValue.CreateTensorValueFromMemory(step.Visual?.Taps.ToArray() ?? new float[taps * width], [taps, rows, width])));
        for (int i = 0; i < 2 * _text.Layers; i++)
        {
            float[] heads = [.. _cache.Skip(i * _text.KeyValueHeads).Take(_text.KeyValueHeads).SelectMany(head => head)];
            inputs.Add(($"past_{(i % 2 == 0 ? "key" : "value")}.{i / 2}", OrtValue.CreateTensorValueFromMemory(heads, [1, _text.KeyValueHeads, past, _text.HeadDim])));
        }

        Dictionary<string, float[]> outputs = _runner.Run([.. inputs]);
        int length = tokens * _text.HeadDim;
        for (int head = 0; head < _cache.Length; head++) _cache[head].AddRange(outputs["new_key_values"].AsSpan(head * length, length));
        return outputs["logits"];
    }

    public void Dispose() => _runner.Dispose();

    private static OrtValue Longs(ReadOnlyMemory<int> values, params long[] shape) =>
        OrtValue.CreateTensorValueFromMemory(values.ToArray().Select(value => (long)value).ToArray(), shape);
}
