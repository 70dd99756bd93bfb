using System.Text.Json.Nodes;

namespace QwenVl.Benchmarks.Device.Weights;

/// <summary>The shape of Qwen3-VL-2B as its <c>config.json</c> says it, but for the ids of special tokens, which follow a given tokenizer.</summary>
internal static class ModelShape
{
    /// <param name="template">The configuration of a checkpoint of the tokenizer that is to be used.</param>
    public static JsonObject Config(JsonObject template)
    {
        var config = (JsonObject)template.DeepClone();
        JsonObject text = config["text_config"]!.AsObject(), vision = config["vision_config"]!.AsObject();
        (text["hidden_size"], text["intermediate_size"], text["num_hidden_layers"]) = (2048, 6144, 28);
        (text["num_attention_heads"], text["num_key_value_heads"], text["head_dim"], text["vocab_size"]) = (16, 8, 128, 151936);
        (text["max_position_embeddings"], text["tie_word_embeddings"]) = (262144, true);
        text["rope_parameters"]!["mrope_section"] = new JsonArray(24, 20, 20);
        text["rope_parameters"]!["rope_theta"] = 5_000_000;
        (vision["depth"], vision["hidden_size"], vision["intermediate_size"], vision["num_heads"]) = (24, 1024, 4096, 16);
        (vision["out_hidden_size"], vision["num_position_embeddings"], vision["deepstack_visual_indexes"]) = (2048, 2304, new JsonArray(5, 11, 17));
        config["tie_word_embeddings"] = true;
        return config;
    }
}
