using System.Text.Json.Serialization;

namespace QwenVl.Engines.Tool.Evaluation;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AskedPicture))]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(GivenAnswer))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
