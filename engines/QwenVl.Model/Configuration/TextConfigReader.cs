namespace QwenVl.Model.Configuration;

/// <summary>Reads <c>text_config</c>.</summary>
internal static class TextConfigReader
{
    public static TextConfig Read(ConfigSection section)
    {
        section.RequireIfPresent("hidden_act", !section.Has("hidden_act") || section.Text("hidden_act") == "silu", "silu");
        section.RequireIfPresent("attention_bias", !section.Has("attention_bias") || !section.Flag("attention_bias"), "false");
        (double theta, IReadOnlyList<int> sections) = ReadRope(section);
        var config = new TextConfig(
            section.Positive("hidden_size"),
            section.Positive("intermediate_size"),
            section.Positive("num_hidden_layers"),
            section.Positive("num_attention_heads"),
            section.Positive("num_key_value_heads"),
            section.Positive("head_dim"),
            section.Positive("vocab_size"),
            section.Positive("max_position_embeddings"),
            section.PositiveNumber("rms_norm_eps"),
            theta,
            sections);

        if (config.Heads % config.KeyValueHeads != 0) throw section.Wrong("num_key_value_heads", $"is {config.KeyValueHeads}, which does not divide {config.Heads} heads");
        if (config.HeadDim % 2 != 0) throw section.Wrong("head_dim", $"is {config.HeadDim}, must be even to be rotated");
        RequireSections(section, config);
        return config;
    }

    // transformers 5 keeps one object rope_parameters; before, rope_theta stood beside rope_scaling.
    private static (double Theta, IReadOnlyList<int> Sections) ReadRope(ConfigSection section)
    {
        bool current = section.Has("rope_parameters");
        ConfigSection rope = section.Section(current ? "rope_parameters" : "rope_scaling");
        foreach (string key in (string[])["rope_type", "type"])
            rope.RequireIfPresent(key, !rope.Has(key) || rope.Text(key) is "default" or "mrope", "default");
        rope.RequireIfPresent("mrope_interleaved", !rope.Has("mrope_interleaved") || rope.Flag("mrope_interleaved"), "true");
        return ((current && rope.Has("rope_theta") ? rope : section).PositiveNumber("rope_theta"), rope.Wholes("mrope_section"));
    }

    private static void RequireSections(ConfigSection section, TextConfig config)
    {
        IReadOnlyList<int> sections = config.MropeSection;
        int half = config.HeadDim / 2;
        // Frequency j belongs to axis j mod 3: the height and width sections must fit into that pattern.
        if (sections.Count != 3 || sections.Any(count => count < 0) || sections.Sum() != half
            || 3 * sections[1] - 1 > half || 3 * sections[2] > half)
        {
            throw section.Wrong("mrope_section", $"is [{string.Join(", ", sections)}], must be three counts that sum to {half}, interleaved");
        }
    }
}
