using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Decoder;

/// <summary>
/// The cache comes in as <c>past_key.L</c> and <c>past_value.L</c> [B, key heads, P, head]; <c>attention_mask</c> f32
/// [B, 1, S, P + S] is added to the scores; only the new rows go out, those of all layers in one
/// <c>new_key_values</c> [B, layers × 2 × key heads, S, head]: the keys of a layer, then its values.
/// </summary>
internal sealed class ConcatenatingAttention : IDecoderAttention
{
    private readonly StandardDialect _dialect;
    private readonly TextConfig _text;
    private readonly GraphBuilder _graph;
    private readonly Value _cos;
    private readonly Value _sin;
    private readonly Value _mask;
    private readonly List<Value> _newRows = [];

    public ConcatenatingAttention(StandardDialect dialect, TextConfig text, Value angles)
    {
        (_dialect, _text, _graph) = (dialect, text, dialect.Graph);
        Value both = _graph.Unsqueeze(_graph.Concat(-1, angles, angles), 2);
        (_cos, _sin) = (_graph.Node("Cos", [both]), _graph.Node("Sin", [both]));
        Value mask = _graph.Input("attention_mask", ElementType.Float32, "B", 1, "S", "T");
        // The query heads that share a key head are more rows of one product: the mask repeats for each.
        _mask = Group == 1 ? mask : _graph.Concat(2, [.. Enumerable.Repeat(mask, Group)]);
    }

    private int Group => _text.Heads / _text.KeyValueHeads;

    public Value Attend(int layer, Value query, Value key, Value value)
    {
        Value pastKey = PastInput("past_key", layer), pastValue = PastInput("past_value", layer);
        Value scaled = _graph.Multiply(_dialect.Rotate(query, _cos, _sin), _graph.Float((float)(1 / Math.Sqrt(_text.HeadDim))));
        Value grouped = _graph.Transpose(_graph.Reshape(_dialect.Narrow(scaled), 0, 0, _text.KeyValueHeads, Group, _text.HeadDim), 0, 2, 3, 1, 4);
        Value queries = _graph.Reshape(grouped, 0, _text.KeyValueHeads, -1, _text.HeadDim);
        Value newKeys = _graph.Transpose(_dialect.Narrow(_dialect.Rotate(key, _cos, _sin)), 0, 2, 1, 3);
        Value newValues = _graph.Transpose(_graph.Reshape(value, 0, 0, _text.KeyValueHeads, _text.HeadDim), 0, 2, 1, 3);
        _newRows.AddRange([newKeys, newValues]);

        Value keys = _graph.Concat(2, pastKey, newKeys), values = _graph.Concat(2, pastValue, newValues);
        Value scores = _dialect.Widen(_graph.MatMul(queries, _graph.Transpose(keys, 0, 1, 3, 2)));
        Value weights = _dialect.Narrow(_graph.Softmax(_graph.Add(scores, _mask)));
        Value perHead = _graph.Reshape(_graph.MatMul(weights, values), 0, _text.KeyValueHeads, Group, -1, _text.HeadDim);
        return _graph.Reshape(_graph.Transpose(perHead, 0, 3, 1, 2, 4), 0, 0, (long)_text.Heads * _text.HeadDim);
    }

    public void Finish() =>
        _graph.Output("new_key_values", _graph.Concat(1, _newRows.ToArray()), _dialect.Compute, "B", 2L * _text.Layers * _text.KeyValueHeads, "S", _text.HeadDim);

    private Value PastInput(string name, int layer) =>
        _graph.Input($"{name}.{layer}", _dialect.Compute, "B", _text.KeyValueHeads, "P", _text.HeadDim);
}
