using System.Text.Json.Serialization;

namespace QwenVl.Model.Manifest;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(EngineManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
