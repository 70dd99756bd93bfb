using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Vision;

/// <summary>The Attention operator, with the key mask as bools: those may stand beside activations of any type.</summary>
internal sealed class NativeVisionAttention : IVisionAttention
{
    private readonly TensorRt11Dialect _dialect;
    private readonly VisionConfig _vision;
    private readonly Value _cos;
    private readonly Value _sin;
    private readonly Value _keyMask;

    public NativeVisionAttention(TensorRt11Dialect dialect, VisionConfig vision, Value ropeCos, Value ropeSin, Value keyMask)
    {
        (_dialect, _vision) = (dialect, vision);
        // [B, N, 1, head] beside [B, N, heads, head].
        (_cos, _sin) = (dialect.Graph.Unsqueeze(ropeCos, 2), dialect.Graph.Unsqueeze(ropeSin, 2));
        // TensorRT repeats a mask over pictures and heads, but wants a row for each query.
        Value patches = dialect.Graph.Node("Shape", [keyMask], ("start", 3L), ("end", 4L));
        Value rows = dialect.Graph.Concat(0, dialect.Graph.Longs(1, 1), patches, dialect.Graph.Longs(1));
        _keyMask = dialect.Graph.Node("Expand", [dialect.Graph.Node("Greater", [keyMask, dialect.Graph.Float(-1)]), rows]);
    }

    public Value Attend(Value query, Value key, Value value)
    {
        GraphBuilder graph = _dialect.Graph;
        Value scaled = graph.Multiply(Rotate(query), graph.Float((float)(1 / Math.Sqrt(_vision.HeadDim))));
        Value attended = _dialect.Attention(First(_dialect.Narrow(scaled)), First(_dialect.Narrow(Rotate(key))), First(Heads(value)), _keyMask);
        return graph.Reshape(First(attended), 0, 0, _vision.HiddenSize);
    }

    private Value Rotate(Value value) => _dialect.Rotate(_dialect.Widen(Heads(value)), _cos, _sin);

    private Value Heads(Value value) => _dialect.Graph.Reshape(value, 0, 0, _vision.Heads, _vision.HeadDim);

    // Heads before rows, or back.
    private Value First(Value value) => _dialect.Graph.Transpose(value, 0, 2, 1, 3);
}
