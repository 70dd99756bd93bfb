using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Decoder;

/// <summary>
/// The cache comes in as <c>past_key.L</c> and <c>past_value.L</c> [B, key heads, P, head], P a multiple of 64, of which
/// <c>past_lengths</c> i64 [B] rows are each sequence's; the rest may hold any finite numbers. Only the new rows go out,
/// those of all layers in one <c>new_key_values</c> [B, layers × 2 × key heads, S, head]: the keys of a layer, then its
/// values. Past and new rows are never joined: each has its products, and one softmax spans both. The products go over
/// chunks of 64 past rows, since a single query would keep no more than one multiprocessor a head busy.
/// </summary>
internal sealed class SplitKeyAttention : IDecoderAttention
{
    /// <summary>Past rows of one product.</summary>
    public const int ChunkRows = 64;

    // Beyond every score, and still a number: a chunk that nobody sees must not become 0/0.
    private const float Unseen = -1e30f;

    private readonly TensorRtDialect _dialect;
    private readonly TextConfig _text;
    private readonly GraphBuilder _graph;
    private readonly RotatedRows _rows;
    private readonly Value[] _pastKeys;
    private readonly Value[] _pastValues;
    private readonly Value _seesPast;
    private readonly Value _seesNew;
    private readonly List<Value> _newRows = [];

    public SplitKeyAttention(TensorRtDialect dialect, TextConfig text, Value angles)
    {
        (_dialect, _text, _graph) = (dialect, text, dialect.Graph);
        _rows = new RotatedRows(dialect, text, angles);
        Value lengths = _graph.Input("past_lengths", ElementType.Int64, "B");
        _pastKeys = [.. Enumerable.Range(0, text.Layers).Select(layer => PastInput("past_key", layer))];
        _pastValues = [.. Enumerable.Range(0, text.Layers).Select(layer => PastInput("past_value", layer))];
        _seesPast = SeesPast(lengths);
        _seesNew = SeesNew(angles);
    }

    private int Group => _text.Heads / _text.KeyValueHeads;

    public Value Attend(int layer, Value query, Value key, Value value)
    {
        Value newKeys = _rows.Keys(key), newValues = _rows.Values(value);
        _newRows.AddRange([newKeys, newValues]);
        // The query heads that share a key head are more rows of one product: [B, key heads, 1, S × group, head].
        Value grouped = _graph.Transpose(_graph.Reshape(_rows.Queries(query), 0, 0, _text.KeyValueHeads, Group, _text.HeadDim), 0, 2, 1, 3, 4);
        Value queries = _graph.Reshape(grouped, 0, _text.KeyValueHeads, 1, -1, _text.HeadDim);

        Value past = Scores(queries, Chunks(_pastKeys[layer]), _seesPast), present = Scores(queries, _graph.Unsqueeze(newKeys, 2), _seesNew);
        Value peak = _graph.Node("Max", [_graph.ReduceKeeping("ReduceMax", past, 2, 4), _graph.ReduceKeeping("ReduceMax", present, 2, 4)]);
        Value pastShares = _graph.Node("Exp", [_graph.Subtract(past, peak)]), newShares = _graph.Node("Exp", [_graph.Subtract(present, peak)]);
        Value whole = _graph.Add(_graph.ReduceKeeping("ReduceSum", pastShares, 2, 4), _graph.ReduceKeeping("ReduceSum", newShares, 2, 4));
        Value fromPast = _graph.ReduceKeeping("ReduceSum", Weighted(pastShares, Chunks(_pastValues[layer])), 2);
        Value sum = _graph.Add(fromPast, Weighted(newShares, _graph.Unsqueeze(newValues, 2)));

        Value attended = _graph.Reshape(_dialect.Narrow(_graph.Node("Div", [sum, whole])), 0, _text.KeyValueHeads, -1, Group, _text.HeadDim);
        return _graph.Reshape(_graph.Transpose(attended, 0, 2, 1, 3, 4), 0, 0, (long)_text.Heads * _text.HeadDim);
    }

    public void Finish() =>
        _graph.Output("new_key_values", _graph.Concat(1, _newRows.ToArray()), _dialect.Compute, "B", 2L * _text.Layers * _text.KeyValueHeads, "S", _text.HeadDim);

    private Value Scores(Value queries, Value keys, Value seen)
    {
        Value scores = _dialect.Widen(_graph.MatMul(queries, _graph.Transpose(keys, 0, 1, 2, 4, 3)));
        // Chosen, not added: what unused rows hold does not matter.
        return _graph.Node("Where", [seen, scores, _graph.Float(Unseen)]);
    }

    private Value Weighted(Value shares, Value values) => _dialect.Widen(_graph.MatMul(_dialect.Narrow(shares), values));

    private Value Chunks(Value past) => _graph.Reshape(past, 0, _text.KeyValueHeads, -1, ChunkRows, _text.HeadDim);

    // [B, 1, P / 64, 1, 64].
    private Value SeesPast(Value lengths)
    {
        Value rows = _graph.Reshape(_dialect.Count(_graph.LengthOf(_pastKeys[0], 2)), 1, 1, -1, 1, ChunkRows);
        return _graph.Node("Less", [rows, _graph.Reshape(lengths, -1, 1, 1, 1, 1)]);
    }

    // [S × group, S]: a token sees itself and those before it.
    private Value SeesNew(Value angles)
    {
        Value count = _graph.LengthOf(angles, 1);
        Value queries = _dialect.Count(_graph.Multiply(count, _graph.Long(Group)));
        Value tokens = Group == 1 ? queries : _graph.Node("Div", [queries, _graph.Long(Group)]);
        return _graph.Node("LessOrEqual", [_graph.Unsqueeze(_dialect.Count(count), 0), _graph.Unsqueeze(tokens, 1)]);
    }

    private Value PastInput(string name, int layer) =>
        _graph.Input($"{name}.{layer}", _dialect.Compute, "B", _text.KeyValueHeads, "P", _text.HeadDim);
}
