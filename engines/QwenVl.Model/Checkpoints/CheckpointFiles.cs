using System.Text.Json;

namespace QwenVl.Model.Checkpoints;

/// <summary>Which safetensors files make up a folder, and which tensor the index promises in which.</summary>
internal static class CheckpointFiles
{
    private const string SingleName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";

    /// <returns>Absolute paths; with each the tensors that the index places there, none where there is no index.</returns>
    public static IReadOnlyList<(string Path, IReadOnlyList<string> Promised)> Find(string directory)
    {
        string index = Path.Combine(directory, IndexName), single = Path.Combine(directory, SingleName);
        if (File.Exists(index)) return ReadIndex(directory, index);
        if (File.Exists(single)) return [(single, [])];
        throw new CheckpointException($"{directory}: neither {SingleName} nor {IndexName}; name the folder of a downloaded checkpoint.");
    }

    private static List<(string, IReadOnlyList<string>)> ReadIndex(string directory, string index)
    {
        var shards = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        try
        {
            using JsonDocument json = JsonDocument.Parse(FileBytes.ReadAll(index));
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
            {
                throw new CheckpointException($"{index}: weight_map is missing.");
            }

            foreach (JsonProperty property in map.EnumerateObject())
            {
                string? shard = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
                if (string.IsNullOrEmpty(shard) || shard != Path.GetFileName(shard) || shard is "." or "..")
                    throw new CheckpointException($"{index}: tensor {property.Name} is placed in {property.Value.GetRawText()}, which is not a file of the folder.");
                if (!shards.TryGetValue(shard, out List<string>? names)) shards.Add(shard, names = []);
                names.Add(property.Name);
            }
        }
        catch (JsonException error)
        {
            throw new CheckpointException($"{index}: not JSON ({error.Message})", error);
        }

        return [.. shards.Select(shard => (Path.Combine(directory, shard.Key), (IReadOnlyList<string>)shard.Value))];
    }
}
