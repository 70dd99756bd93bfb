using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Vision;

/// <summary>
/// The vision tower: <c>patches</c> u8 [B, N, 768], <c>pos_index</c> i32 and <c>pos_weight</c> f32 [B, N, 4],
/// <c>rope_cos</c> and <c>rope_sin</c> f32 [B, N, head], <c>key_mask</c> f32 [B, 1, 1, N] (0, or very negative for
/// padding) → <c>features</c> [B, N/4, width] and, where the tower has any, <c>taps</c> [taps, B, N/4, width], both of the
/// compute type: a widened download would be twice as long and say no more.
/// </summary>
internal sealed class VisionGraph(Dialect dialect, VisionConfig vision)
{
    private const string Root = "model.visual.";
    private const double NormEpsilon = 1e-6;
    private readonly GraphBuilder _graph = dialect.Graph;

    private int Merged => vision.SpatialMergeSize * vision.SpatialMergeSize;

    public void Emit()
    {
        Value patches = _graph.Input("patches", ElementType.UInt8, "B", "N", vision.PatchLength);
        Value positionIndex = _graph.Input("pos_index", ElementType.Int32, "B", "N", 4);
        Value positionWeight = _graph.Input("pos_weight", ElementType.Float32, "B", "N", 4);
        Value ropeCos = _graph.Input("rope_cos", ElementType.Float32, "B", "N", vision.HeadDim);
        Value ropeSin = _graph.Input("rope_sin", ElementType.Float32, "B", "N", vision.HeadDim);
        Value keyMask = _graph.Input("key_mask", ElementType.Float32, "B", 1, 1, "N");

        _graph.EnterScope("embedding");
        IVisionAttention attention = dialect.VisionAttention(vision, ropeCos, ropeSin, keyMask);
        Value hidden = dialect.Narrow(_graph.Add(EmbedPatches(patches), EmbedPositions(positionIndex, positionWeight)));
        var taps = new List<Value>();
        for (int block = 0; block < vision.Depth; block++)
        {
            _graph.EnterScope($"blocks.{block}");
            hidden = Block(hidden, $"{Root}blocks.{block}.", attention);
            int tap = taps.Count;
            if (tap >= vision.TapIndexes.Count || vision.TapIndexes[tap] != block) continue;
            _graph.EnterScope($"taps.{tap}");
            taps.Add(_graph.Unsqueeze(Tap(hidden, $"{Root}deepstack_merger_list.{tap}."), 0));
        }

        _graph.EnterScope("merger");
        _graph.Output("features", Merge(hidden), dialect.Compute, "B", "T", vision.OutHiddenSize);
        if (taps.Count > 0)
            _graph.Output("taps", _graph.Concat(0, taps.ToArray()), dialect.Compute, taps.Count, "B", "T", vision.OutHiddenSize);
    }

    // A still repeats its frame, so the kernel's time slices add up. In float32 throughout: it is little work.
    private Value EmbedPatches(Value patches)
    {
        Value centred = _graph.Subtract(_graph.Cast(patches, ElementType.Float32), _graph.Float(127.5f));
        Value normalised = _graph.Multiply(centred, _graph.Float(1 / 127.5f));
        Value kernel = dialect.Weights.Stored(Root + "patch_embed.proj.weight", ElementType.Float32);
        Value folded = _graph.Reshape(_graph.ReduceSum(kernel, 2), vision.HiddenSize, vision.PatchLength);
        Value product = _graph.MatMul(normalised, _graph.Transpose(folded, 1, 0));
        return _graph.Add(product, dialect.Weights.Vector(Root + "patch_embed.proj.bias"));
    }

    private Value EmbedPositions(Value index, Value weight)
    {
        Value rows = _graph.Gather(dialect.Weights.Stored(Root + "pos_embed.weight"), index);
        if (dialect.Weights.TypeOf(Root + "pos_embed.weight") != ElementType.Float32) rows = _graph.Cast(rows, ElementType.Float32);
        return _graph.ReduceSum(_graph.Multiply(rows, _graph.Unsqueeze(weight, 3)), 2);
    }

    private Value Block(Value hidden, string at, IVisionAttention attention)
    {
        Value normed = dialect.Narrow(dialect.LayerNorm(hidden, at + "norm1", NormEpsilon));
        Value[] parts = _graph.Split(dialect.Linear(normed, at + "attn.qkv", bias: true), 3, -1);
        Value attended = dialect.Linear(attention.Attend(parts[0], parts[1], parts[2]), at + "attn.proj", bias: true);
        hidden = _graph.Add(hidden, attended);

        Value inner = dialect.Narrow(dialect.LayerNorm(hidden, at + "norm2", NormEpsilon));
        inner = dialect.GeluTanh(dialect.Linear(inner, at + "mlp.linear_fc1", bias: true));
        return _graph.Add(hidden, dialect.Linear(inner, at + "mlp.linear_fc2", bias: true));
    }

    // The main path normalises each patch before its block of patches becomes one row; a tap joins them first.
    private Value Merge(Value hidden) =>
        Project(Join(dialect.Narrow(dialect.LayerNorm(hidden, Root + "merger.norm", NormEpsilon))), Root + "merger.");

    private Value Tap(Value hidden, string at) =>
        Project(dialect.Narrow(dialect.LayerNorm(Join(hidden), at + "norm", NormEpsilon)), at);

    private Value Join(Value hidden) => _graph.Reshape(hidden, 0, -1, (long)vision.HiddenSize * Merged);

    private Value Project(Value joined, string at) =>
        dialect.Linear(dialect.GeluErf(dialect.Linear(joined, at + "linear_fc1", bias: true)), at + "linear_fc2", bias: true);
}
