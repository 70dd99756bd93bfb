using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;

namespace QwenVl.Tests.Golden;

/// <summary>A checkpoint of the shape of Qwen3-VL-4B, 8.9 GB of holes on a disk that keeps none of them.</summary>
internal static class HollowCheckpoint
{
    public const long Parameters = 4_437_815_808;
    public const int Tensors = 713;

    /// <summary>Skips the test, saying why, where a file system fills holes.</summary>
    public static void Require() => Assert.SkipWhen(OperatingSystem.IsMacOS(), "APFS may fill the holes of the checkpoint.");

    /// <param name="folder">Where it is written.</param>
    /// <param name="decoderLayers">Layers of the decoder; 36 are Qwen3-VL-4B's.</param>
    public static void Write(string folder, int decoderLayers = 36)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config(decoderLayers).ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), "{}");
        (string Name, long[] Shape)[] tensors = [.. ExpectedTensors.Of(ModelConfigReader.Read(folder))];
        var map = new JsonObject();
        for (int shard = 0; shard < 2; shard++)
        {
            string file = $"model-0000{shard + 1}-of-00002.safetensors";
            var header = new JsonObject();
            long at = 0;
            foreach ((string name, long[] shape) in tensors.Where((_, i) => i % 2 == shard))
            {
                map[name] = file;
                long end = at + 2 * shape.Aggregate((left, right) => left * right);
                header[name] = new JsonObject { ["dtype"] = "BF16", ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]), ["data_offsets"] = new JsonArray(at, end) };
                at = end;
            }

            byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString()), length = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
            using FileStream stream = File.Create(Path.Combine(folder, file));
            stream.Write(length);
            stream.Write(text);
            stream.SetLength(stream.Position + at);
        }

        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());
    }

    private static JsonObject Config(int decoderLayers)
    {
        JsonObject config = SyntheticCheckpoint.Config();
        (config["image_token_id"], config["video_token_id"], config["vision_start_token_id"], config["vision_end_token_id"]) = (151655, 151656, 151652, 151653);
        JsonObject text = config["text_config"]!.AsObject(), vision = config["vision_config"]!.AsObject();
        (text["hidden_size"], text["intermediate_size"], text["num_hidden_layers"]) = (2560, 9728, decoderLayers);
        (text["num_attention_heads"], text["num_key_value_heads"], text["head_dim"], text["vocab_size"]) = (32, 8, 128, 151936);
        text["rope_parameters"]!["mrope_section"] = new JsonArray(24, 20, 20);
        (vision["depth"], vision["hidden_size"], vision["intermediate_size"], vision["num_heads"]) = (24, 1024, 4096, 16);
        (vision["out_hidden_size"], vision["num_position_embeddings"], vision["deepstack_visual_indexes"]) = (2560, 2304, new JsonArray(5, 11, 17));
        return config;
    }
}
