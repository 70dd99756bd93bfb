using System.Globalization;
using System.Text.Json;

namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>One object of a scenario file. What is wrong in it is noted and a default taken, so that all mistakes are told at once.</summary>
internal sealed class JsonSection(JsonElement? element, string path, List<string> mistakes)
{
    private readonly HashSet<string> _asked = [];

    /// <summary>Notes a mistake that no single value makes.</summary>
    public void Mistake(string message) => mistakes.Add(path.Length == 0 ? message : $"{path}: {message}");

    /// <summary>A number within a range.</summary>
    public double Number(string name, double fallback, double least, double most)
    {
        if (Find(name) is not { } value) return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= least && number <= most) return number;
        Note(name, value, string.Create(CultureInfo.InvariantCulture, $"it takes a number, {least} to {most}"));
        return fallback;
    }

    /// <summary>A number within a range, or null where there is none.</summary>
    public double? OptionalNumber(string name, double least, double most) => Find(name) is null ? null : Number(name, least, least, most);

    /// <summary>A whole number within a range.</summary>
    public int Whole(string name, int fallback, int least, int most)
    {
        if (Find(name) is not { } value) return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most) return number;
        Note(name, value, string.Create(CultureInfo.InvariantCulture, $"it takes a whole number, {least} to {most}"));
        return fallback;
    }

    /// <summary>A whole number, or an object with least and most.</summary>
    public WholeRange Range(string name, WholeRange fallback, int least, int most)
    {
        if (Find(name) is not { } value) return fallback;
        if (value.ValueKind != JsonValueKind.Object)
        {
            int one = Whole(name, fallback.Least, least, most);
            return new WholeRange(one, one);
        }

        JsonSection section = Section(name);
        var range = new WholeRange(section.Whole("least", fallback.Least, least, most), section.Whole("most", fallback.Most, least, most));
        section.End();
        if (range.Least <= range.Most) return range;
        section.Mistake($"least is {range.Least}, which is over most, {range.Most}");
        return fallback;
    }

    /// <summary>Text.</summary>
    public string Text(string name, string fallback)
    {
        if (Find(name) is not { } value) return fallback;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        Note(name, value, "it takes text");
        return fallback;
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool fallback)
    {
        if (Find(name) is not { } value) return fallback;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Note(name, value, "it takes true or false");
        return fallback;
    }

    /// <summary>One of the names of an enumeration, in snake case.</summary>
    public T Choice<T>(string name, T fallback)
        where T : struct, Enum
    {
        if (Find(name) is not { } value) return fallback;
        Dictionary<string, T> names = Enum.GetValues<T>().ToDictionary(item => JsonNamingPolicy.SnakeCaseLower.ConvertName(item.ToString()));
        if (value.ValueKind == JsonValueKind.String && names.TryGetValue(value.GetString()!, out T choice)) return choice;
        Note(name, value, $"it takes {string.Join(", ", names.Keys)}");
        return fallback;
    }

    /// <summary>An object; an empty one where it is missing.</summary>
    public JsonSection Section(string name)
    {
        JsonElement? value = Find(name);
        if (value is { ValueKind: not JsonValueKind.Object } wrong)
        {
            Note(name, wrong, "it takes an object");
            value = null;
        }

        return new JsonSection(value, At(name), mistakes);
    }

    /// <summary>The objects of a list; none where it is missing.</summary>
    public IReadOnlyList<JsonSection> Sections(string name)
    {
        if (Find(name) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
            return [.. value.EnumerateArray().Select((item, index) => new JsonSection(item, $"{At(name)}[{index}]", mistakes))];
        Note(name, value, "it takes a list of objects");
        return [];
    }

    /// <summary>Notes every name that nobody asked for: it would be ignored in silence.</summary>
    public void End()
    {
        if (element is not { } given) return;
        foreach (JsonProperty property in given.EnumerateObject())
        {
            if (!_asked.Contains(property.Name)) mistakes.Add($"{At(property.Name)} is not known; known here: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
        }
    }

    private JsonElement? Find(string name)
    {
        _asked.Add(name);
        return element is { } given && given.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private void Note(string name, JsonElement value, string takes) => mistakes.Add($"{At(name)} is {value.GetRawText()}: {takes}");

    private string At(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
