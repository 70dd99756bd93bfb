using System.Text.Json;
using System.Text.Json.Serialization;

namespace QwenVl.Benchmarks.Device.Speed;

/// <summary>One line of JSON, as both programs write it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SpeedResult))]
internal sealed partial class SpeedJson : JsonSerializerContext;
