using System.Text.Json.Nodes;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Tool.Runs;

/// <summary>A random checkpoint with the embedded checkpoints' tokenizer, so that it can be asked.</summary>
internal static class SpeakingCheckpoint
{
    public static void Write(string folder, int shards = 1)
    {
        JsonObject config = SyntheticCheckpoint.Config();
        JsonObject text = config["text_config"]!.AsObject();
        (text["vocab_size"], text["eos_token_id"], text["max_position_embeddings"]) = (2048, 2024, 2048);
        (config["vision_start_token_id"], config["vision_end_token_id"], config["image_token_id"], config["video_token_id"]) = (2031, 2032, 2034, 2035);
        SyntheticCheckpoint.Write(folder, config, shards);
        File.Copy(RepositoryFolder.File("engines", "nano", "tokenizer.json"), Path.Combine(folder, "tokenizer.json"), overwrite: true);
    }
}
