using System.Text;
using System.Text.Json;

namespace QwenVl.Model.Text;

/// <summary>Reads <c>tokenizer.json</c> as the Hugging Face tokenizers library writes it.</summary>
internal static class TokenizerFile
{
    public static QwenTokenizer Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream);
            JsonElement model = document.RootElement.GetProperty("model");
            string? type = model.TryGetProperty("type", out JsonElement value) ? value.GetString() : null;
            if (type is not (null or "BPE")) throw new InvalidDataException($"{path}: the tokenizer is of type {type}; byte-level BPE is supported.");

            Dictionary<string, int> vocabulary = model.GetProperty("vocab").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32(), StringComparer.Ordinal);
            var merges = ReadMerges(path, model.GetProperty("merges"), vocabulary);
            var added = new Dictionary<string, int>(StringComparer.Ordinal);
            var special = new HashSet<int>();
            foreach (JsonElement token in document.RootElement.GetProperty("added_tokens").EnumerateArray())
            {
                int id = token.GetProperty("id").GetInt32();
                added[token.GetProperty("content").GetString()!] = id;
                if (token.GetProperty("special").GetBoolean()) special.Add(id);
            }

            byte[]?[] tokens = TokenBytes(path, vocabulary, added);
            return new QwenTokenizer(tokens, new BytePairEncoder(ByteTokens(path, vocabulary), merges), added, special);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path} is not a tokenizer.json: {error.Message}", error);
        }
    }

    private static byte[]?[] TokenBytes(string path, Dictionary<string, int> vocabulary, Dictionary<string, int> added)
    {
        const int MostTokens = 1 << 22;
        int last = vocabulary.Values.Concat(added.Values).DefaultIfEmpty(0).Max();
        if (last >= MostTokens || vocabulary.Values.Concat(added.Values).Any(id => id < 0)) throw new InvalidDataException($"{path}: token ids are not in 0 to {MostTokens - 1}.");
        var tokens = new byte[]?[last + 1];
        foreach ((string entry, int id) in vocabulary) tokens[id] = ByteAlphabet.Decode(entry) ?? Encoding.UTF8.GetBytes(entry);
        foreach ((string content, int id) in added) tokens[id] = Encoding.UTF8.GetBytes(content);
        return tokens;
    }

    private static int[] ByteTokens(string path, Dictionary<string, int> vocabulary)
    {
        var tokens = new int[256];
        Array.Fill(tokens, -1);
        foreach ((string entry, int id) in vocabulary)
            if (entry.Length == 1 && ByteAlphabet.Decode(entry) is [byte value]) tokens[value] = id;
        int missing = Array.IndexOf(tokens, -1);
        return missing < 0 ? tokens : throw new InvalidDataException($"{path}: the vocabulary has no token for byte {missing}; byte-level BPE has all 256.");
    }

    private static Dictionary<(int, int), (int, int)> ReadMerges(string path, JsonElement merges, Dictionary<string, int> vocabulary)
    {
        var table = new Dictionary<(int, int), (int, int)>(merges.GetArrayLength());
        int rank = 0;
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            // Newer files hold pairs, older ones two words with a blank between.
            (string left, string right) = merge.ValueKind == JsonValueKind.Array
                ? (merge[0].GetString()!, merge[1].GetString()!)
                : merge.GetString()!.Split(' ') is [var first, var second] ? (first, second) : throw new InvalidDataException($"{path}: merge {rank} is not a pair.");
            if (!vocabulary.TryGetValue(left, out int leftId) || !vocabulary.TryGetValue(right, out int rightId) || !vocabulary.TryGetValue(left + right, out int merged))
                throw new InvalidDataException($"{path}: merge {rank} ({left} {right}) has no vocabulary entry.");
            table.TryAdd((leftId, rightId), (rank++, merged));
        }

        return table;
    }
}
