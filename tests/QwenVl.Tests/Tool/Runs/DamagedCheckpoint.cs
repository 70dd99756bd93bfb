using System.Text.Json.Nodes;
using QwenVl.Tests.Golden;

namespace QwenVl.Tests.Tool.Runs;

/// <summary>Checkpoints that are broken in one way each, and what a refusal has to name.</summary>
internal static class DamagedCheckpoint
{
    private const string Norm = "model.language_model.norm.weight";
    private const string Second = "model-00002-of-00002.safetensors";

    private static readonly Dictionary<string, (Action<string> Break, string[] Names)> Ways = new()
    {
        ["truncated shard"] = (Truncate, [Second, "tensor model.", "truncated"]),
        ["shard of a few bytes"] = (folder => File.WriteAllBytes(Path.Combine(folder, Second), [1, 2, 3]), [Second, "too few"]),
        ["missing shard"] = (folder => File.Delete(Path.Combine(folder, Second)), [Second, "tensor model.", "missing"]),
        ["missing tensor"] = (folder => WriteNormOnly(folder, "BF16", 16), ["model.safetensors", "tensor model.visual.patch_embed.proj.weight", "missing"]),
        ["wrong shape"] = (folder => EditConfig(folder, config => config["text_config"]!["intermediate_size"] = 25), [".safetensors", "tensor model.language_model.layers.0.mlp.gate_proj.weight", "[24, 16]", "[25, 16]"]),
        ["wrong number format"] = (folder => WriteNormOnly(folder, "F8_E4M3", 16), ["model.safetensors", $"tensor {Norm}", "F8_E4M3"]),
        ["unknown architecture"] = (folder => EditConfig(folder, config => config["model_type"] = "llama"), ["config.json", "model_type", "llama"]),
        ["config.json that is no JSON"] = (folder => File.WriteAllText(Path.Combine(folder, "config.json"), "{"), ["config.json", "not JSON"]),
        ["missing config.json"] = (folder => File.Delete(Path.Combine(folder, "config.json")), ["config.json", "missing"]),
        ["header longer than the file"] = (folder => SyntheticCheckpoint.WriteRaw(Path.Combine(folder, Second), "{}", 0, 1_000), [Second, "1000 bytes"]),
        ["header longer than the format allows"] = (folder => SyntheticCheckpoint.WriteRaw(Path.Combine(folder, Second), "{}", 0, ulong.MaxValue), [Second, "limit"]),
        ["missing folder"] = (folder => Directory.Delete(folder, recursive: true), ["no such folder"]),
        ["missing tokenizer"] = (folder => File.Delete(Path.Combine(folder, "tokenizer.json")), ["tokenizer.json", "missing"]),
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    /// <summary>Writes a checkpoint and breaks it.</summary>
    /// <returns>What a refusal must name.</returns>
    public static string[] Write(string folder, string way)
    {
        SpeakingCheckpoint.Write(folder, shards: 2);
        (Action<string> breakIt, string[] names) = Ways[way];
        breakIt(folder);
        return names;
    }

    private static void Truncate(string folder)
    {
        using FileStream file = File.OpenWrite(Path.Combine(folder, Second));
        file.SetLength(file.Length - 1);
    }

    private static void EditConfig(string folder, Action<JsonObject> edit)
    {
        string path = Path.Combine(folder, "config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(config);
        File.WriteAllText(path, config.ToJsonString());
    }

    private static void WriteNormOnly(string folder, string type, int bytes)
    {
        File.Delete(Path.Combine(folder, "model.safetensors.index.json"));
        long size = bytes / (type == "BF16" ? 2 : 1);
        SyntheticCheckpoint.WriteRaw(Path.Combine(folder, "model.safetensors"), $$$"""{"{{{Norm}}}":{"dtype":"{{{type}}}","shape":[{{{size}}}],"data_offsets":[0,{{{bytes}}}]}}""", bytes);
    }
}
