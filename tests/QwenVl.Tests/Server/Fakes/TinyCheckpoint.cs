using System.Text.Json.Nodes;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Server.Fakes;

/// <summary>A complete checkpoint of random weights with the embedded checkpoints' own tokenizer, and a cache where its engine is built once.</summary>
internal static class TinyCheckpoint
{
    public const int MaxPositions = 8192;

    private static readonly Lazy<string> LazyFolder = new(() => Write(seed: 1));
    private static readonly Lazy<string> LazyOther = new(() => Write(seed: 2));

    public static string Folder => LazyFolder.Value;

    /// <summary>Another one of the same shape and tokenizer.</summary>
    public static string Other => LazyOther.Value;

    public static string EngineCache { get; } = Directory.CreateTempSubdirectory("qwenvl-engines-").FullName;

    public static string Write(int seed)
    {
        string folder = Directory.CreateTempSubdirectory("qwenvl-checkpoint-").FullName;
        JsonObject config = SyntheticCheckpoint.Config();
        (config["image_token_id"], config["video_token_id"], config["vision_start_token_id"], config["vision_end_token_id"]) = (2034, 2035, 2031, 2032);
        JsonNode text = config["text_config"]!;
        (text["vocab_size"], text["max_position_embeddings"], text["eos_token_id"]) = (2048, MaxPositions, 2024);
        SyntheticCheckpoint.Write(folder, config, seed: seed);
        File.Copy(RepositoryFolder.File("engines", "nano", "tokenizer.json"), Path.Combine(folder, "tokenizer.json"), overwrite: true);
        return folder;
    }
}
