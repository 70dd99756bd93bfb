using QwenVl.Model.Vision;

namespace QwenVl.Model.Configuration;

/// <summary>Reads <c>vision_config</c>.</summary>
internal static class VisionConfigReader
{
    private const double RopeTheta = 10_000;

    public static VisionConfig Read(ConfigSection section)
    {
        section.RequireIfPresent("hidden_act", !section.Has("hidden_act") || section.Text("hidden_act") == "gelu_pytorch_tanh", "gelu_pytorch_tanh");
        section.RequireIfPresent("in_channels", !section.Has("in_channels") || section.Positive("in_channels") == 3, "3");
        if (section.OptionalSection("rope_parameters") is { } rope)
            rope.RequireIfPresent("rope_theta", !rope.Has("rope_theta") || rope.PositiveNumber("rope_theta") == RopeTheta, "10000");

        var config = new VisionConfig(
            section.Positive("depth"),
            section.Positive("hidden_size"),
            section.Positive("intermediate_size"),
            section.Positive("num_heads"),
            section.Positive("out_hidden_size"),
            section.Positive("patch_size"),
            section.Positive("temporal_patch_size"),
            section.Positive("spatial_merge_size"),
            section.Positive("num_position_embeddings"),
            section.Wholes("deepstack_visual_indexes"));

        section.RequireIfPresent("patch_size", config.PatchSize == ImageGrid.PatchSize, $"{ImageGrid.PatchSize}");
        section.RequireIfPresent("spatial_merge_size", config.SpatialMergeSize == ImageGrid.MergeSize, $"{ImageGrid.MergeSize}");
        section.RequireIfPresent("temporal_patch_size", config.TemporalPatchSize == 2, "2");
        if (config.HiddenSize % config.Heads != 0) throw section.Wrong("num_heads", $"is {config.Heads}, which does not divide hidden_size {config.HiddenSize}");
        if (config.HeadDim % 4 != 0) throw section.Wrong("num_heads", $"makes heads of {config.HeadDim}, must be a multiple of 4 to be rotated in two axes");
        if (config.PositionTableSide * config.PositionTableSide != config.PositionEmbeddings)
            throw section.Wrong("num_position_embeddings", $"is {config.PositionEmbeddings}, must be a square");
        for (int i = 0; i < config.TapIndexes.Count; i++)
        {
            if (config.TapIndexes[i] <= (i == 0 ? -1 : config.TapIndexes[i - 1]) || config.TapIndexes[i] >= config.Depth)
                throw section.Wrong("deepstack_visual_indexes", $"is [{string.Join(", ", config.TapIndexes)}], must ascend and name blocks 0 to {config.Depth - 1}");
        }

        return config;
    }
}
