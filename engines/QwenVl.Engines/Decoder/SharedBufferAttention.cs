using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Quantization;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Decoder;

/// <summary>
/// GroupQueryAttention over <c>past_key.L</c> and <c>past_value.L</c> [B, key heads, capacity, head], written in place
/// where <c>present_key.L</c> and <c>present_value.L</c> are bound to the same buffers; <c>seqlens_k</c> i32 [B] is the
/// length with the new tokens, less 1, and <c>total_sequence_length</c> i32 [1] the longest of these lengths. Its own rotation
/// is left off: it numbers positions by itself, which is silently wrong for pictures. The cache is of float32, or of i8 where it
/// has scales.
/// </summary>
internal sealed class SharedBufferAttention : IDecoderAttention
{
    private readonly OnnxRuntimeDialect _dialect;
    private readonly TextConfig _text;
    private readonly CacheScales? _scales;
    private readonly GraphBuilder _graph;
    private readonly Value _cos;
    private readonly Value _sin;
    private readonly Value _rows;
    private readonly Value _lengths;
    private readonly Value _total;

    public SharedBufferAttention(OnnxRuntimeDialect dialect, TextConfig text, CacheScales? scales, Value angles)
    {
        (_dialect, _text, _scales, _graph) = (dialect, text, scales, dialect.Graph);
        _rows = dialect.RowNumbers(angles);
        Value flat = _graph.Reshape(angles, -1, text.HeadDim / 2);
        (_cos, _sin) = (_graph.Node("Cos", [flat]), _graph.Node("Sin", [flat]));
        _lengths = _graph.Input("seqlens_k", ElementType.Int32, "B");
        _total = _graph.Input("total_sequence_length", ElementType.Int32, 1);
    }

    private ElementType CacheType => _scales is null ? ElementType.Float32 : ElementType.Int8;

    public Value Attend(int layer, Value query, Value key, Value value)
    {
        string[] present = [$"present_key.{layer}", $"present_value.{layer}"];
        Value pastKey = Cache($"past_key.{layer}"), pastValue = Cache($"past_value.{layer}");
        foreach (string output in present) _graph.DeclareOutput(output, CacheType, "B", _text.KeyValueHeads, "C", _text.HeadDim);
        Value queries = Rotate(query, _text.Heads), keys = Rotate(key, _text.KeyValueHeads);
        List<Value> inputs = [queries, keys, value, pastKey, pastValue, _lengths, _total];
        List<NodeAttribute> attributes = [("num_heads", (long)_text.Heads), ("kv_num_heads", (long)_text.KeyValueHeads), ("scale", (float)(1 / Math.Sqrt(_text.HeadDim)))];
        if (_scales is not null)
        {
            // Left out: tables and positions of its own rotation, a bias, sinks.
            inputs.AddRange([Value.None, Value.None, Value.None, Value.None, Value.None, Scales("key", 2 * layer), Scales("value", 2 * layer + 1)]);
            attributes.AddRange([("k_quant_type", "PER_CHANNEL"), ("v_quant_type", "PER_CHANNEL"), ("kv_cache_bit_width", 8L)]);
        }

        return _graph.ContribNode("GroupQueryAttention", inputs.ToArray(), present, attributes.ToArray());
    }

    public void Finish()
    {
        // The present outputs are declared with their nodes.
    }

    private Value Scales(string name, int index) =>
        _graph.Floats($"{name}_scales.{index / 2}", _scales!.Scales[index], _text.KeyValueHeads, 1, _text.HeadDim);

    private Value Rotate(Value value, int heads) => _dialect.Rotate(_graph.Reshape(value, 0, 0, (long)heads * _text.HeadDim), _rows, _cos, _sin);

    private Value Cache(string name) => _graph.Input(name, CacheType, "B", _text.KeyValueHeads, "C", _text.HeadDim);
}
