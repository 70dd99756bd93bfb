using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace QwenVl.Engines.Tool.Evaluation;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AskedPicture))]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(GivenAnswer))]
internal sealed partial class EvaluationJson : JsonSerializerContext
{
    /// <summary>For people too: answers are in many scripts.</summary>
    public static EvaluationJson Readable => new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
