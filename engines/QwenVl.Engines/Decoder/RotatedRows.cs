using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Decoder;

/// <summary>Queries and new cache rows of a layer as TensorRT's attention takes them: rotated in float32, then narrowed.</summary>
internal sealed class RotatedRows
{
    private readonly TensorRtDialect _dialect;
    private readonly TextConfig _text;
    private readonly GraphBuilder _graph;
    private readonly Value _cos;
    private readonly Value _sin;

    /// <param name="dialect">The dialect.</param>
    /// <param name="text">The decoder's shape.</param>
    /// <param name="angles">[B, S, HeadDim / 2] float32.</param>
    public RotatedRows(TensorRtDialect dialect, TextConfig text, Value angles)
    {
        (_dialect, _text, _graph) = (dialect, text, dialect.Graph);
        Value both = _graph.Unsqueeze(_graph.Concat(-1, angles, angles), 2);
        (_cos, _sin) = (_graph.Node("Cos", [both]), _graph.Node("Sin", [both]));
    }

    /// <param name="query">[B, S, heads, head] float32.</param>
    /// <returns>[B, S, heads, head] of the compute type, divided by the root of the head's size.</returns>
    public Value Queries(Value query) =>
        _dialect.Narrow(_graph.Multiply(_dialect.Rotate(query, _cos, _sin), _graph.Float((float)(1 / Math.Sqrt(_text.HeadDim)))));

    /// <param name="key">[B, S, key heads, head] float32.</param>
    /// <returns>[B, key heads, S, head] of the compute type.</returns>
    public Value Keys(Value key) => _graph.Transpose(_dialect.Narrow(_dialect.Rotate(key, _cos, _sin)), 0, 2, 1, 3);

    /// <param name="value">[B, S, key heads × head] of the compute type.</param>
    /// <returns>[B, key heads, S, head].</returns>
    public Value Values(Value value) => _graph.Transpose(_graph.Reshape(value, 0, 0, _text.KeyValueHeads, _text.HeadDim), 0, 2, 1, 3);
}
