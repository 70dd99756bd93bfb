using System.Text.Json;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Model.Configuration;

/// <summary>One object of a configuration file; knows where it is, so that each error names file and key.</summary>
internal readonly struct ConfigSection(JsonElement element, string file, string path)
{
    public bool Has(string key) => element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public ConfigSection Section(string key)
    {
        JsonElement value = Require(key);
        if (value.ValueKind != JsonValueKind.Object) throw Wrong(key, "must be an object");
        return new ConfigSection(value, file, path + key + ".");
    }

    public ConfigSection? OptionalSection(string key) => Has(key) ? Section(key) : null;

    public int Positive(string key)
    {
        int value = Whole(key, Require(key));
        if (value < 1) throw Wrong(key, $"is {value}, must be at least 1");
        return value;
    }

    public int TokenId(string key)
    {
        int value = Whole(key, Require(key));
        if (value < 0) throw Wrong(key, $"is {value}, must not be negative");
        return value;
    }

    public double PositiveNumber(string key)
    {
        JsonElement value = Require(key);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !double.IsFinite(number) || number <= 0)
            throw Wrong(key, $"is {value.GetRawText()}, must be a number over 0");
        return number;
    }

    public bool Flag(string key)
    {
        JsonElement value = Require(key);
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) throw Wrong(key, $"is {value.GetRawText()}, must be true or false");
        return value.ValueKind == JsonValueKind.True;
    }

    public string Text(string key)
    {
        JsonElement value = Require(key);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(key, $"is {value.GetRawText()}, must be a string");
    }

    /// <summary>A list of whole numbers, or a single one.</summary>
    public IReadOnlyList<int> Wholes(string key)
    {
        JsonElement value = Require(key);
        if (value.ValueKind != JsonValueKind.Array) return [Whole(key, value)];
        var values = new int[value.GetArrayLength()];
        for (int i = 0; i < values.Length; i++) values[i] = Whole(key, value[i]);
        return values;
    }

    public IReadOnlyList<string> Texts(string key)
    {
        JsonElement value = Require(key);
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(key, "must be a list");
        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())];
    }

    /// <summary>Refuses a setting whose value is not the only one that is implemented.</summary>
    public void RequireIfPresent(string key, bool holds, string expected)
    {
        if (Has(key) && !holds) throw Wrong(key, $"is {Require(key).GetRawText()}; only {expected} is implemented");
    }

    public CheckpointException Wrong(string key, string what) => new($"{file}: {path}{key} {what}.");

    private JsonElement Require(string key) => Has(key) ? element.GetProperty(key) : throw Wrong(key, "is missing");

    private int Whole(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Wrong(key, $"holds {value.GetRawText()}, must be a whole number");
}
