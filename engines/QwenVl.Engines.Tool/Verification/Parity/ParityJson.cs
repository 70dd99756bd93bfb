using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace QwenVl.Engines.Tool.Verification.Parity;

// What is no number at all is infinitely far off, and the report has to say so.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ParityReport))]
internal sealed partial class ParityJson : JsonSerializerContext
{
    /// <summary>For people too: paths are in many scripts.</summary>
    public static ParityJson Readable => new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
