using QwenVl.Model.Configuration;

namespace QwenVl.Model.Checkpoints;

/// <summary>The tensors that a configuration implies, with their shapes: the whole of what a checkpoint must hold.</summary>
internal static class ExpectedTensors
{
    public const string Embedding = "model.language_model.embed_tokens.weight";
    public const string Head = "lm_head.weight";

    public static IEnumerable<(string Name, long[] Shape)> Of(ModelConfig config) =>
        VisionTensors(config.Vision).Concat(TextTensors(config.Text, config.TieWordEmbeddings));

    private static IEnumerable<(string, long[])> VisionTensors(VisionConfig vision)
    {
        long hidden = vision.HiddenSize, merged = hidden * vision.SpatialMergeSize * vision.SpatialMergeSize;
        const string Root = "model.visual.";
        yield return (Root + "patch_embed.proj.weight", [hidden, 3, vision.TemporalPatchSize, vision.PatchSize, vision.PatchSize]);
        yield return (Root + "patch_embed.proj.bias", [hidden]);
        yield return (Root + "pos_embed.weight", [vision.PositionEmbeddings, hidden]);
        for (int block = 0; block < vision.Depth; block++)
        {
            string at = $"{Root}blocks.{block}.";
            foreach ((string, long[]) tensor in Pair(at + "norm1", hidden)) yield return tensor;
            foreach ((string, long[]) tensor in Linear(at + "attn.qkv", 3 * hidden, hidden)) yield return tensor;
            foreach ((string, long[]) tensor in Linear(at + "attn.proj", hidden, hidden)) yield return tensor;
            foreach ((string, long[]) tensor in Pair(at + "norm2", hidden)) yield return tensor;
            foreach ((string, long[]) tensor in Linear(at + "mlp.linear_fc1", vision.IntermediateSize, hidden)) yield return tensor;
            foreach ((string, long[]) tensor in Linear(at + "mlp.linear_fc2", hidden, vision.IntermediateSize)) yield return tensor;
        }

        foreach ((string, long[]) tensor in Merger(Root + "merger.", hidden)) yield return tensor;
        for (int tap = 0; tap < vision.TapIndexes.Count; tap++)
        {
            // A tap normalises after joining its patches, the main path before.
            foreach ((string, long[]) tensor in Merger($"{Root}deepstack_merger_list.{tap}.", merged)) yield return tensor;
        }

        IEnumerable<(string, long[])> Merger(string at, long normWidth) =>
            [.. Pair(at + "norm", normWidth), .. Linear(at + "linear_fc1", merged, merged), .. Linear(at + "linear_fc2", vision.OutHiddenSize, merged)];
    }

    private static IEnumerable<(string, long[])> TextTensors(TextConfig text, bool tied)
    {
        long hidden = text.HiddenSize, queries = (long)text.Heads * text.HeadDim, keys = (long)text.KeyValueHeads * text.HeadDim;
        yield return (Embedding, [text.VocabularySize, hidden]);
        for (int layer = 0; layer < text.Layers; layer++)
        {
            string at = $"model.language_model.layers.{layer}.";
            yield return (at + "input_layernorm.weight", [hidden]);
            yield return (at + "self_attn.q_proj.weight", [queries, hidden]);
            yield return (at + "self_attn.k_proj.weight", [keys, hidden]);
            yield return (at + "self_attn.v_proj.weight", [keys, hidden]);
            yield return (at + "self_attn.o_proj.weight", [hidden, queries]);
            yield return (at + "self_attn.q_norm.weight", [text.HeadDim]);
            yield return (at + "self_attn.k_norm.weight", [text.HeadDim]);
            yield return (at + "post_attention_layernorm.weight", [hidden]);
            yield return (at + "mlp.gate_proj.weight", [text.IntermediateSize, hidden]);
            yield return (at + "mlp.up_proj.weight", [text.IntermediateSize, hidden]);
            yield return (at + "mlp.down_proj.weight", [hidden, text.IntermediateSize]);
        }

        yield return ("model.language_model.norm.weight", [hidden]);
        if (!tied) yield return (Head, [text.VocabularySize, hidden]);
    }

    private static (string, long[])[] Linear(string name, long rows, long columns) => [(name + ".weight", [rows, columns]), (name + ".bias", [rows])];

    private static (string, long[])[] Pair(string name, long width) => [(name + ".weight", [width]), (name + ".bias", [width])];
}
