using QwenVl.Engines.Decoder;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Vision;
using QwenVl.Engines.Weights;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Dialects;

/// <summary>Operators that every TensorRT 10 has: attention, norms and GELU are written out.</summary>
internal sealed class TensorRt10Dialect(GraphBuilder graph, GraphWeights weights, ElementType compute, int topTokens)
    : TensorRtDialect(graph, weights, compute, topTokens)
{
    public const int Opset = 20;

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
        new ProductVisionAttention(this, vision, ropeCos, ropeSin, keyMask);

    public override IDecoderAttention DecoderAttention(TextConfig text, Value angles) => new SplitKeyAttention(this, text, angles);

    private Value Gate(Value value, Value gate) => Graph.Multiply(Graph.Multiply(value, Graph.Float(0.5f)), Graph.Add(gate, Graph.Float(1)));
}
