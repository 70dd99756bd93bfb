using QwenVl.Engines.Decoder;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Vision;
using QwenVl.Engines.Weights;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Dialects;

/// <summary>
/// The choices in which the graphs of one runtime differ from another's. Matrix products take and give
/// <see cref="Compute"/>; norms, rotations and softmax work in float32.
/// </summary>
internal abstract class Dialect(GraphBuilder graph, GraphWeights weights, IProjection projection, ElementType compute)
{
    public GraphBuilder Graph => graph;

    public GraphWeights Weights => weights;

    /// <summary>The type of activations between operators.</summary>
    public ElementType Compute => compute;

    /// <summary>Root-mean-square norm over the last dimension; float32 out.</summary>
    public abstract Value RmsNorm(Value value, string weight, double epsilon);

    /// <summary>The tanh approximation of GELU, of the tower's blocks.</summary>
    public abstract Value GeluTanh(Value value);

    /// <summary>GELU by the error function, of the mergers.</summary>
    public abstract Value GeluErf(Value value);

    /// <summary>Attention of a picture's patches to each other.</summary>
    public abstract IVisionAttention VisionAttention(VisionConfig vision, Value ropeCos, Value ropeSin, Value keyMask);

    /// <summary>Attention of a sequence to itself and its cache, which this declares.</summary>
    /// <param name="text">The decoder's shape.</param>
    /// <param name="angles">[B, S, HeadDim / 2] float32.</param>
    public abstract IDecoderAttention DecoderAttention(TextConfig text, Value angles);

    /// <summary>Each sequence's row that logits are wanted of.</summary>
    /// <param name="hidden">[B, S, width].</param>
    /// <returns>[B, width].</returns>
    public abstract Value LastRows(Value hidden);

    /// <summary>Declares what else is told of logits f32 [B, vocabulary].</summary>
    public abstract void Rank(Value logits, int vocabulary);

    /// <summary>A linear layer named by its prefix, <c>.weight</c> and, where it has one, <c>.bias</c>.</summary>
    public Value Linear(Value value, string name, bool bias) => projection.Apply(this, value, name + ".weight", bias ? name + ".bias" : null);

    /// <summary>Linear layers of one input, without biases, named by their prefixes.</summary>
    public Value[] Linears(Value value, params IReadOnlyList<string> names) => projection.ApplyTogether(this, value, [.. names.Select(name => name + ".weight")]);

    /// <summary>Rows of an embedding table.</summary>
    /// <param name="table">The tensor's name.</param>
    /// <param name="indexes">[...] i64.</param>
    /// <returns>[..., width].</returns>
    public Value Rows(string table, Value indexes) => projection.Rows(this, table, indexes);

    /// <summary>Layer norm over the last dimension; float32 out.</summary>
    public Value LayerNorm(Value value, string name, double epsilon) =>
        graph.Node(
            "LayerNormalization",
            [Widen(value), weights.Vector(name + ".weight"), weights.Vector(name + ".bias")],
            ("axis", -1L),
            ("epsilon", (float)epsilon));

    /// <summary>To float32.</summary>
    public Value Widen(Value value) => compute is ElementType.Float32 ? value : graph.Cast(value, ElementType.Float32);

    /// <summary>From float32 to <see cref="Compute"/>.</summary>
    public Value Narrow(Value value) => compute is ElementType.Float32 ? value : graph.Cast(value, compute);
}
