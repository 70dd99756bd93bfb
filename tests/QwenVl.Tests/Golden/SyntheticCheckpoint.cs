using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;

namespace QwenVl.Tests.Golden;

/// <summary>Writes checkpoints of any shape with random weights, whole or broken on purpose.</summary>
internal static class SyntheticCheckpoint
{
    public static JsonObject Config() => (JsonObject)JsonNode.Parse("""
        {
          "architectures": ["Qwen3VLForConditionalGeneration"], "model_type": "qwen3_vl", "tie_word_embeddings": true,
          "image_token_id": 60, "video_token_id": 61, "vision_start_token_id": 62, "vision_end_token_id": 63,
          "text_config": {
            "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
            "head_dim": 16, "vocab_size": 64, "max_position_embeddings": 512, "rms_norm_eps": 1e-6, "eos_token_id": 7,
            "rope_parameters": { "rope_theta": 10000, "rope_type": "default", "mrope_interleaved": true, "mrope_section": [4, 2, 2] }
          },
          "vision_config": {
            "depth": 2, "hidden_size": 16, "intermediate_size": 24, "num_heads": 2, "out_hidden_size": 16, "patch_size": 16,
            "temporal_patch_size": 2, "spatial_merge_size": 2, "num_position_embeddings": 16, "deepstack_visual_indexes": [0]
          }
        }
        """)!;

    /// <summary>A complete checkpoint; the same numbers however many shards hold them.</summary>
    public static void Write(string folder, JsonObject? config = null, int shards = 1, int seed = 1)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), (config ?? Config()).ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), "{}");
        (string Name, long[] Shape, byte[] Bytes)[] tensors = [.. ExpectedTensors.Of(ModelConfigReader.Read(folder)).Select(Tensor)];
        if (shards == 1)
        {
            WriteFile(Path.Combine(folder, "model.safetensors"), tensors);
            return;
        }

        var map = new JsonObject();
        for (int shard = 0; shard < shards; shard++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"model-{shard + 1:D5}-of-{shards:D5}.safetensors");
            (string Name, long[] Shape, byte[] Bytes)[] part = [.. tensors.Where((_, i) => i % shards == shard).Reverse()];
            WriteFile(Path.Combine(folder, name), part);
            foreach ((string tensor, _, _) in part) map[tensor] = name;
        }

        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());

        (string, long[], byte[]) Tensor((string Name, long[] Shape) expected)
        {
            // Seeded by name: the order of tensors must not matter.
            var random = new Random(seed + expected.Name.Sum(character => character * 31) + expected.Name.Length);
            bool norm = expected.Name.Contains("norm", StringComparison.Ordinal) && expected.Name.EndsWith("weight", StringComparison.Ordinal);
            var bytes = new byte[expected.Shape.Aggregate(2L, (product, dimension) => product * dimension)];
            for (int i = 0; i < bytes.Length; i += 2)
            {
                float number = (norm ? 1 : 0) + (float)(random.NextDouble() - 0.5) / 2;
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i), (ushort)(BitConverter.SingleToUInt32Bits(number) >> 16));
            }

            return (expected.Name, expected.Shape, bytes);
        }
    }

    /// <summary>A file of what its header says and what follows, be it true or not.</summary>
    public static void WriteRaw(string path, string header, int dataBytes, ulong? statedLength = null)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, statedLength ?? (ulong)text.Length);
        File.WriteAllBytes(path, [.. prefix, .. text, .. new byte[dataBytes]]);
    }

    /// <summary>A single file of tensors of one type.</summary>
    public static void WriteFile(string path, (string Name, long[] Shape, byte[] Bytes)[] tensors, string type = "BF16")
    {
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        long at = 0;
        foreach ((string name, long[] shape, byte[] bytes) in tensors)
        {
            header[name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. shape.Select(dimension => (JsonNode)dimension)]),
                ["data_offsets"] = new JsonArray(at, at += bytes.Length),
            };
        }

        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)text.Length);
        using FileStream file = File.Create(path);
        file.Write(prefix);
        file.Write(text);
        foreach ((_, _, byte[] bytes) in tensors) file.Write(bytes);
    }
}
