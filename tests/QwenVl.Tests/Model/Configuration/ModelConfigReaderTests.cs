using System.Text.Json.Nodes;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Model.Configuration;

public sealed class ModelConfigReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Both_layouts_of_the_rope_settings_are_read()
    {
        ModelConfig current = Read(SyntheticCheckpoint.Config());
        JsonObject old = SyntheticCheckpoint.Config();
        JsonObject text = old["text_config"]!.AsObject();
        text.Remove("rope_parameters");
        text["rope_theta"] = 10000;
        text["rope_scaling"] = JsonNode.Parse("""{ "rope_type": "default", "mrope_interleaved": true, "mrope_section": [4, 2, 2] }""");
        old["vision_config"]!["model_type"] = "qwen3_vl";

        Assert.Equivalent(current, Read(old), strict: true);
    }

    [Fact]
    public void The_tie_flag_may_stand_in_the_text_part()
    {
        JsonObject config = SyntheticCheckpoint.Config();
        config.Remove("tie_word_embeddings");
        config["text_config"]!["tie_word_embeddings"] = false;

        Assert.False(Read(config).TieWordEmbeddings);
    }

    [Theory]
    [InlineData("""{"eos_token_id":[5,6,5]}""", new[] { 5, 6 })]
    [InlineData("""{"eos_token_id":5}""", new[] { 5 })]
    [InlineData("""{"bos_token_id":5}""", new[] { 7 })]
    [InlineData(null, new[] { 7 })]
    public void Stop_tokens_come_from_the_generation_settings_or_else_from_the_configuration(string? generation, int[] expected)
    {
        if (generation is not null) File.WriteAllText(_folder.File("generation_config.json"), generation);

        Assert.Equal(expected, Read(SyntheticCheckpoint.Config()).StopTokenIds);
    }

    [Theory]
    [InlineData("model_type", "\"qwen3_vl_moe\"", "model_type is qwen3_vl_moe")]
    [InlineData("architectures", "[\"LlamaForCausalLM\"]", "architectures")]
    [InlineData("text_config.hidden_size", null, "text_config.hidden_size is missing")]
    [InlineData("text_config.head_dim", null, "text_config.head_dim is missing")]
    [InlineData("text_config.hidden_size", "1.5", "text_config.hidden_size holds 1.5")]
    [InlineData("text_config.num_hidden_layers", "0", "at least 1")]
    [InlineData("text_config.num_key_value_heads", "3", "does not divide")]
    [InlineData("text_config.hidden_act", "\"gelu\"", "only silu")]
    [InlineData("text_config.rope_parameters.rope_type", "\"yarn\"", "rope_type")]
    [InlineData("text_config.rope_parameters.mrope_interleaved", "false", "only true")]
    [InlineData("text_config.rope_parameters.mrope_section", "[4,2,3]", "sum to 8")]
    [InlineData("text_config.rope_parameters.mrope_section", "[1,1,6]", "interleaved")]
    [InlineData("text_config.rope_parameters", null, "rope_scaling is missing")]
    [InlineData("text_config", "[]", "text_config must be an object")]
    [InlineData("vision_config.out_hidden_size", "32", "vision_config.out_hidden_size is 32")]
    [InlineData("vision_config.patch_size", "14", "only 16")]
    [InlineData("vision_config.num_position_embeddings", "17", "square")]
    [InlineData("vision_config.deepstack_visual_indexes", "[1,0]", "ascend")]
    [InlineData("vision_config.deepstack_visual_indexes", "[2]", "blocks 0 to 1")]
    [InlineData("vision_config.num_heads", "3", "does not divide")]
    [InlineData("image_token_id", "64", "outside the vocabulary")]
    [InlineData("tie_word_embeddings", null, "tie_word_embeddings is missing")]
    [InlineData("text_config.eos_token_id", "[]", "names no token")]
    public void A_setting_that_is_missing_or_not_implemented_is_named(string key, string? json, string says)
    {
        JsonObject config = SyntheticCheckpoint.Config();
        string[] path = key.Split('.');
        JsonObject owner = path[..^1].Aggregate(config, (at, part) => at[part]!.AsObject());
        if (json is null) owner.Remove(path[^1]);
        else owner[path[^1]] = JsonNode.Parse(json);

        var error = Assert.Throws<CheckpointException>(() => Read(config));
        Assert.StartsWith(_folder.File("config.json"), error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"model_type\":")]
    public void A_file_that_is_no_object_is_refused(string text)
    {
        File.WriteAllText(_folder.File("config.json"), text);

        Assert.Contains("config.json", Assert.Throws<CheckpointException>(() => ModelConfigReader.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("config.json: missing", Assert.Throws<CheckpointException>(() => ModelConfigReader.Read(_folder.Path)).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private ModelConfig Read(JsonObject config)
    {
        File.WriteAllText(_folder.File("config.json"), config.ToJsonString());
        return ModelConfigReader.Read(_folder.Path);
    }
}
