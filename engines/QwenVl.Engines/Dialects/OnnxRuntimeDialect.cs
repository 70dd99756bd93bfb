using QwenVl.Engines.Decoder;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Quantization;
using QwenVl.Engines.Vision;
using QwenVl.Engines.Weights;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Dialects;

/// <summary>Fewer and faster nodes for ONNX Runtime 1.23 and later on a CPU, with its own operators; float32 activations.</summary>
internal sealed class OnnxRuntimeDialect(GraphBuilder graph, GraphWeights weights, IProjection projection, CacheScales? cacheScales)
    : Dialect(graph, weights, projection, ElementType.Float32)
{
    public override Value RmsNorm(Value value, string weight, double epsilon) =>
        Graph.Node("SimplifiedLayerNormalization", [value, Weights.Vector(weight)], ("axis", -1L), ("epsilon", (float)epsilon), ("stash_type", 1L));

    public override Value GeluTanh(Value value) => Graph.ContribNode("FastGelu", [value]);

    public override Value GeluErf(Value value) => Graph.ContribNode("Gelu", [value]);

    public override IVisionAttention VisionAttention(VisionConfig vision, Value ropeCos, Value ropeSin, Value keyMask) =>
        new FusedVisionAttention(this, vision, ropeCos, ropeSin, keyMask);

    public override IDecoderAttention DecoderAttention(TextConfig text, Value angles) => new SharedBufferAttention(this, text, cacheScales, angles);

    public override Value LastRows(Value hidden) => Graph.Gather(hidden, Graph.Long(-1), axis: 1);

    public override void Rank(Value logits, int vocabulary)
    {
        // On a CPU logits need no download.
    }

    /// <summary>
    /// The rotation operator looks its angles up by position. Here every token has a row of its own in the tables, and
    /// its position is the number of that row.
    /// </summary>
    /// <param name="table">[B, N, half].</param>
    /// <returns>[B, N] i64: 0, 1, 2 and so on through all rows.</returns>
    public Value RowNumbers(Value table)
    {
        Value shape = Graph.Node("Shape", [table], ("start", 0L), ("end", 2L));
        Value count = Graph.Node("ReduceProd", [shape], ("keepdims", 0L));
        return Graph.Node("Reshape", [Graph.Node("Range", [Graph.Long(0), count, Graph.Long(1)]), shape]);
    }

    /// <param name="value">[B, N, heads × head].</param>
    /// <param name="rows">From <see cref="RowNumbers"/>.</param>
    /// <param name="cos">[B × N, half].</param>
    /// <param name="sin">The same.</param>
    public Value Rotate(Value value, Value rows, Value cos, Value sin) => Graph.ContribNode("RotaryEmbedding", [value, rows, cos, sin]);
}
