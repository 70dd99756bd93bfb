using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Decoder;

/// <summary>
/// The cache comes in as <c>key_cache.L</c> and <c>value_cache.L</c> [B, key heads, capacity, head] and goes out, with new
/// rows from <c>write_indices</c> i64 [B] on, as <c>new_key_cache.L</c> and <c>new_value_cache.L</c>, to be bound to the same
/// buffers. <c>active_rows</c> i64 [A] holds 0, 1 and so on to A − 1: attention reads the first A rows of the cache, at least
/// as many as the longest sequence has with its new tokens. A length that comes with an input's shape is an ordinary
/// dimension of a profile, where several capacities would be several engines, each with all weights.
/// Rows beyond a sequence's length may hold any finite numbers.
/// </summary>
internal sealed class ScatterAttention : IDecoderAttention
{
    private readonly TensorRt11Dialect _dialect;
    private readonly TextConfig _text;
    private readonly int _capacity;
    private readonly GraphBuilder _graph;
    private readonly RotatedRows _rows;
    private readonly Value _writeIndices;
    private readonly Value _active;
    private readonly Value _sees;

    public ScatterAttention(TensorRt11Dialect dialect, TextConfig text, Value angles, int capacity)
    {
        (_dialect, _text, _graph, _capacity) = (dialect, text, dialect.Graph, capacity);
        _rows = new RotatedRows(dialect, text, angles);
        _writeIndices = _graph.Input("write_indices", ElementType.Int64, "B");
        Value activeRows = _graph.Input("active_rows", ElementType.Int64, "A");
        _active = _graph.Node("Shape", [activeRows]);

        // [B, 1, S, A]: a token sees the rows up to its own.
        Value tokens = _graph.Reshape(dialect.Count(_graph.LengthOf(angles, 1)), 1, 1, -1, 1);
        Value own = _graph.Add(_graph.Reshape(_writeIndices, -1, 1, 1, 1), tokens);
        _sees = _graph.Node("LessOrEqual", [_graph.Reshape(activeRows, 1, 1, 1, -1), own]);
    }

    public Value Attend(int layer, Value query, Value key, Value value)
    {
        Value keys = Written("key_cache", layer, _rows.Keys(key)), values = Written("value_cache", layer, _rows.Values(value));
        Value attended = _dialect.Attention(_graph.Transpose(_rows.Queries(query), 0, 2, 1, 3), keys, values, _sees);
        return _graph.Reshape(_graph.Transpose(attended, 0, 2, 1, 3), 0, 0, (long)_text.Heads * _text.HeadDim);
    }

    public void Finish()
    {
        // The caches are declared with their nodes.
    }

    private Value Written(string name, int layer, Value rows)
    {
        ReadOnlySpan<Dimension> shape = ["B", _text.KeyValueHeads, _capacity, _text.HeadDim];
        Value cache = _graph.Input($"{name}.{layer}", _dialect.Compute, shape);
        string output = $"new_{name}.{layer}";
        _graph.DeclareOutput(output, _dialect.Compute, shape);
        Value written = _graph.OutputNode(output, "TensorScatter", [cache, rows, _writeIndices], ("axis", -2L), ("mode", "linear"));
        return _graph.Node("Slice", [written, _graph.Longs(0), _active, _graph.Longs(2)]);
    }
}
