using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Vision;

/// <summary>Product, softmax, product, with the key mask added to the scores.</summary>
internal sealed class ProductVisionAttention : IVisionAttention
{
    private readonly TensorRtDialect _dialect;
    private readonly VisionConfig _vision;
    private readonly Value _cos;
    private readonly Value _sin;
    private readonly Value _keyMask;

    public ProductVisionAttention(TensorRtDialect dialect, VisionConfig vision, Value ropeCos, Value ropeSin, Value keyMask)
    {
        (_dialect, _vision, _keyMask) = (dialect, vision, keyMask);
        // [B, N, 1, head] beside [B, N, heads, head].
        (_cos, _sin) = (dialect.Graph.Unsqueeze(ropeCos, 2), dialect.Graph.Unsqueeze(ropeSin, 2));
    }

    public Value Attend(Value query, Value key, Value value)
    {
        GraphBuilder graph = _dialect.Graph;
        // The scale goes to the queries: fewer numbers than scores.
        Value rotated = graph.Multiply(Rotate(query), graph.Float((float)(1 / Math.Sqrt(_vision.HeadDim))));
        Value queries = graph.Transpose(_dialect.Narrow(rotated), 0, 2, 1, 3);
        Value keys = graph.Transpose(_dialect.Narrow(Rotate(key)), 0, 2, 3, 1);
        Value values = graph.Transpose(Heads(value), 0, 2, 1, 3);

        Value scores = _dialect.Widen(graph.MatMul(queries, keys));
        Value weights = _dialect.Narrow(graph.Softmax(graph.Add(scores, _keyMask)));
        return graph.Reshape(graph.Transpose(graph.MatMul(weights, values), 0, 2, 1, 3), 0, 0, _vision.HiddenSize);
    }

    private Value Rotate(Value value) => _dialect.Rotate(_dialect.Widen(Heads(value)), _cos, _sin);

    private Value Heads(Value value) => _dialect.Graph.Reshape(value, 0, 0, _vision.Heads, _vision.HeadDim);
}
