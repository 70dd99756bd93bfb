using System.Text.Json;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Model.Configuration;

/// <summary>Reads <c>config.json</c> and <c>generation_config.json</c>, the layouts of transformers 4.57 and of 5.x alike.</summary>
public static class ModelConfigReader
{
    private const string ModelType = "qwen3_vl";
    private const string Architecture = "Qwen3VLForConditionalGeneration";

    /// <summary>Reads a checkpoint's or an engine's configuration.</summary>
    /// <param name="directory">The folder of <c>config.json</c>; <c>generation_config.json</c> beside it is optional.</param>
    /// <exception cref="CheckpointException">
    /// The file is missing or no JSON, is of another architecture, lacks a number, or its numbers contradict each other.
    /// </exception>
    public static ModelConfig Read(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string file = Path.Combine(directory, "config.json");
        using JsonDocument json = Parse(file);
        var root = new ConfigSection(json.RootElement, file, "");

        if (root.Text("model_type") is not ModelType) throw root.Wrong("model_type", $"is {root.Text("model_type")}; only dense Qwen3-VL ({ModelType}) is implemented");
        root.RequireIfPresent("architectures", !root.Has("architectures") || root.Texts("architectures").Contains(Architecture), Architecture);

        ConfigSection text = root.Section("text_config");
        TextConfig textConfig = TextConfigReader.Read(text);
        VisionConfig visionConfig = VisionConfigReader.Read(root.Section("vision_config"));
        if (visionConfig.OutHiddenSize != textConfig.HiddenSize)
            throw root.Wrong("vision_config.out_hidden_size", $"is {visionConfig.OutHiddenSize} where text_config.hidden_size is {textConfig.HiddenSize}");
        if (visionConfig.TapIndexes.Count > textConfig.Layers)
            throw root.Wrong("vision_config.deepstack_visual_indexes", $"names {visionConfig.TapIndexes.Count} taps for {textConfig.Layers} decoder layers");

        return new ModelConfig(
            textConfig,
            visionConfig,
            TokenId("image_token_id"),
            TokenId("video_token_id"),
            TokenId("vision_start_token_id"),
            TokenId("vision_end_token_id"),
            root.Has("tie_word_embeddings") ? root.Flag("tie_word_embeddings") : text.Flag("tie_word_embeddings"),
            StopTokenIds(directory, root, text, textConfig.VocabularySize));

        int TokenId(string key)
        {
            int id = root.TokenId(key);
            return id < textConfig.VocabularySize ? id : throw root.Wrong(key, $"is {id}, outside the vocabulary of {textConfig.VocabularySize}");
        }
    }

    private static IReadOnlyList<int> StopTokenIds(string directory, ConfigSection root, ConfigSection text, int vocabulary)
    {
        const string Key = "eos_token_id";
        string file = Path.Combine(directory, "generation_config.json");
        if (File.Exists(file))
        {
            using JsonDocument json = Parse(file);
            var generation = new ConfigSection(json.RootElement, file, "");
            if (generation.Has(Key)) return Checked(generation);
        }

        return Checked(root.Has(Key) ? root : text);

        IReadOnlyList<int> Checked(ConfigSection section)
        {
            IReadOnlyList<int> ids = section.Wholes(Key);
            if (ids.Count == 0) throw section.Wrong(Key, "names no token: an answer would never end");
            foreach (int id in ids)
            {
                if (id < 0 || id >= vocabulary) throw section.Wrong(Key, $"names {id}, outside the vocabulary of {vocabulary}");
            }

            return [.. ids.Distinct()];
        }
    }

    private static JsonDocument Parse(string file)
    {
        if (!File.Exists(file)) throw new CheckpointException($"{file}: missing; name the folder of a downloaded checkpoint.");
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(FileBytes.ReadAll(file));
        }
        catch (JsonException error)
        {
            throw new CheckpointException($"{file}: not JSON ({error.Message})", error);
        }

        if (json.RootElement.ValueKind == JsonValueKind.Object) return json;
        json.Dispose();
        throw new CheckpointException($"{file}: must hold a JSON object.");
    }
}
