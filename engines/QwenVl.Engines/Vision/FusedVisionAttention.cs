using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Vision;

/// <summary>ONNX Runtime's rotation operator before product, softmax, product.</summary>
internal sealed class FusedVisionAttention : IVisionAttention
{
    private readonly OnnxRuntimeDialect _dialect;
    private readonly VisionConfig _vision;
    private readonly GraphBuilder _graph;
    private readonly Value _cos;
    private readonly Value _sin;
    private readonly Value _rows;
    private readonly Value _keyMask;

    public FusedVisionAttention(OnnxRuntimeDialect dialect, VisionConfig vision, Value ropeCos, Value ropeSin, Value keyMask)
    {
        (_dialect, _vision, _graph, _keyMask) = (dialect, vision, dialect.Graph, keyMask);
        _rows = dialect.RowNumbers(ropeCos);
        (_cos, _sin) = (Half(ropeCos), Half(ropeSin));

        // The operator repeats the half itself.
        Value Half(Value table) => _graph.Reshape(_graph.Split(table, 2, -1)[0], -1, vision.HeadDim / 2);
    }

    public Value Attend(Value query, Value key, Value value)
    {
        Value scaled = _graph.Multiply(_dialect.Rotate(query, _rows, _cos, _sin), _graph.Float((float)(1 / Math.Sqrt(_vision.HeadDim))));
        Value queries = _graph.Transpose(Heads(scaled), 0, 2, 1, 3);
        Value keys = _graph.Transpose(Heads(_dialect.Rotate(key, _rows, _cos, _sin)), 0, 2, 3, 1);
        Value values = _graph.Transpose(Heads(value), 0, 2, 1, 3);
        Value weights = _graph.Softmax(_graph.Add(_graph.MatMul(queries, keys), _keyMask));
        return _graph.Reshape(_graph.Transpose(_graph.MatMul(weights, values), 0, 2, 1, 3), 0, 0, _vision.HiddenSize);
    }

    private Value Heads(Value value) => _graph.Reshape(value, 0, 0, _vision.Heads, _vision.HeadDim);
}
