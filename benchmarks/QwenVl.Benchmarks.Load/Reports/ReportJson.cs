using System.Text.Json;
using System.Text.Json.Serialization;

namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>How results are written as JSON.</summary>
internal static class ReportJson
{
    /// <summary>Snake case, as in scenarios; what is unknown is null.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}
