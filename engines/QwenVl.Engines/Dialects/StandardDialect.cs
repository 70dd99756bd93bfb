using QwenVl.Engines.Decoder;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Vision;
using QwenVl.Engines.Weights;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Dialects;

/// <summary>Operators that every runtime of ONNX opset 20 has, TensorRT among them; norms and GELU are written out.</summary>
internal sealed class StandardDialect(GraphBuilder graph, GraphWeights weights, IProjection projection, ElementType compute)
    : Dialect(graph, weights, projection, compute)
{
    public override Value RmsNorm(Value value, string weight, double epsilon)
    {
        Value wide = Widen(value);
        Value mean = Graph.Node("ReduceMean", [Graph.Multiply(wide, wide), Graph.Longs(-1)], ("keepdims", 1L));
        Value root = Graph.Node("Sqrt", [Graph.Add(mean, Graph.Float((float)epsilon))]);
        return Graph.Multiply(Graph.Node("Div", [wide, root]), Weights.Vector(weight));
    }

    public override Value GeluTanh(Value value)
    {
        // x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
        Value wide = Widen(value);
        Value cubic = Graph.Multiply(Graph.Multiply(wide, Graph.Multiply(wide, wide)), Graph.Float(0.044715f));
        Value inner = Graph.Multiply(Graph.Add(wide, cubic), Graph.Float((float)Math.Sqrt(2 / Math.PI)));
        return Narrow(Gate(wide, Graph.Node("Tanh", [inner])));
    }

    public override Value GeluErf(Value value)
    {
        Value wide = Widen(value);
        return Narrow(Gate(wide, Graph.Node("Erf", [Graph.Multiply(wide, Graph.Float((float)Math.Sqrt(0.5)))])));
    }

    public override IVisionAttention VisionAttention(VisionConfig vision, Value ropeCos, Value ropeSin, Value keyMask) =>
        new StandardVisionAttention(this, vision, ropeCos, ropeSin, keyMask);

    public override IDecoderAttention DecoderAttention(TextConfig text, Value angles) => new ConcatenatingAttention(this, text, angles);

    /// <summary>Turns halves of the last dimension against each other.</summary>
    /// <param name="value">Float32.</param>
    /// <param name="cos">Broadcasts to <paramref name="value"/>; its halves are equal.</param>
    /// <param name="sin">The same.</param>
    public Value Rotate(Value value, Value cos, Value sin)
    {
        Value[] halves = Graph.Split(value, 2, -1);
        Value turned = Graph.Concat(-1, Graph.Node("Neg", [halves[1]]), halves[0]);
        return Graph.Add(Graph.Multiply(value, cos), Graph.Multiply(turned, sin));
    }

    private Value Gate(Value value, Value gate) => Graph.Multiply(Graph.Multiply(value, Graph.Float(0.5f)), Graph.Add(gate, Graph.Float(1)));
}
