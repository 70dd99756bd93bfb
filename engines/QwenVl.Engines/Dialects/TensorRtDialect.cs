using QwenVl.Engines.Graphs;
using QwenVl.Engines.Weights;

namespace QwenVl.Engines.Dialects;

/// <summary>
/// What the graphs for all versions of TensorRT share. They are strongly typed: every operator gets operands of one type,
/// and what should be computed in float32 is cast to it.
/// </summary>
internal abstract class TensorRtDialect(GraphBuilder graph, GraphWeights weights, ElementType compute, int topTokens)
    : Dialect(graph, weights, new PlainProjection(), compute)
{
    /// <summary>The most candidates that TensorRT's TopK gives.</summary>
    public const int MostTopTokens = 3840;

    /// <summary>Sequences of one batch may append chunks of different lengths: <c>last_index</c> i64 [B] says where each ends.</summary>
    public override Value LastRows(Value hidden)
    {
        Value index = Graph.Input("last_index", ElementType.Int64, "B");
        return Graph.Node("GatherND", [hidden, Graph.Unsqueeze(index, 1)], ("batch_dims", 1L));
    }

    /// <summary>
    /// <c>top_values</c> f32 and <c>top_tokens</c> i64 [B, K], best first: a sampler that has them downloads no vocabulary.
    /// </summary>
    public override void Rank(Value logits, int vocabulary)
    {
        long count = Math.Min(topTokens, vocabulary);
        Value[] top = Graph.Nodes("TopK", [logits, Graph.Longs(count)], 2, ("axis", -1L), ("largest", 1L), ("sorted", 1L));
        Graph.Output("top_values", top[0], ElementType.Float32, "B", count);
        Graph.Output("top_tokens", top[1], ElementType.Int64, "B", count);
    }

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

    /// <summary>0, 1, 2 and so on.</summary>
    /// <param name="count">A whole number without dimensions.</param>
    public Value Count(Value count) => Graph.Node("Range", [Graph.Long(0), count, Graph.Long(1)]);
}
