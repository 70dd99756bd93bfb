using System.Text.Json.Serialization;

namespace QwenVl.Engines.Tool.Verification;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GoldenCase[]))]
[JsonSerializable(typeof(GoldenImage[]))]
[JsonSerializable(typeof(GoldenText))]
internal sealed partial class GoldenJson : JsonSerializerContext;
