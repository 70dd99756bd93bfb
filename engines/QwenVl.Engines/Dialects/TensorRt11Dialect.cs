using QwenVl.Engines.Decoder;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Vision;
using QwenVl.Engines.Weights;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Dialects;

/// <summary>Operators that TensorRT has from 10.15 on: attention, cache update, norm and GELU are one node each.</summary>
/// <param name="graph">The graph.</param>
/// <param name="weights">Its weights.</param>
/// <param name="compute">The type of activations between operators.</param>
/// <param name="topTokens">Candidates that the decoder ranks.</param>
/// <param name="cacheCapacity">Rows of the decoder's cache: the layer that writes it takes no other length at run time.</param>
internal sealed class TensorRt11Dialect(GraphBuilder graph, GraphWeights weights, ElementType compute, int topTokens, int cacheCapacity)
    : TensorRtDialect(graph, weights, compute, topTokens)
{
    public const int Opset = 24;

    public override Value RmsNorm(Value value, string weight, double epsilon) =>
        Graph.Node("RMSNormalization", [Widen(value), Weights.Vector(weight)], ("axis", -1L), ("epsilon", (float)epsilon), ("stash_type", 1L));

    public override Value GeluTanh(Value value) => Graph.Node("Gelu", [value], ("approximate", "tanh"));

    public override Value GeluErf(Value value) => Graph.Node("Gelu", [value], ("approximate", "none"));

    public override IVisionAttention VisionAttention(VisionConfig vision, Value ropeCos, Value ropeSin, Value keyMask) =>
        new NativeVisionAttention(this, vision, ropeCos, ropeSin, keyMask);

    public override IDecoderAttention DecoderAttention(TextConfig text, Value angles) => new ScatterAttention(this, text, angles, cacheCapacity);

    /// <summary>
    /// Attention of heads, of which several queries may share a key. The queries come scaled, in float32 before they were
    /// narrowed: the operator's own scale would round queries and keys once more. Where no fused kernel fits, TensorRT may
    /// take it apart, which else would fail the build.
    /// </summary>
    /// <param name="queries">[B, heads, S, head].</param>
    /// <param name="keys">[B, key heads, T, head].</param>
    /// <param name="values">The same.</param>
    /// <param name="mask">Bool, broadcasts to [B, heads, S, T]; true where a query sees a key.</param>
    /// <returns>[B, heads, S, head].</returns>
    public Value Attention(Value queries, Value keys, Value values, Value mask) =>
        Graph.Node("Attention", [queries, keys, values, mask], ("scale", 1f), ("TRT_decomposable", 1L));
}
