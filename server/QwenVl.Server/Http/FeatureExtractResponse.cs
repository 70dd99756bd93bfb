using System.Text.Json.Serialization;

namespace QwenVl.Server.Http;

/// <summary>The reply of POST /v1/feature_extract.</summary>
/// <param name="Features">512 numbers of length 1; see <see cref="Model.Features.FeatureProjection"/>.</param>
/// <param name="TextContext">What the model says of the picture and the prompt.</param>
/// <param name="Grid">The picture's size in patches.</param>
/// <param name="Timings">Seconds by stage.</param>
internal sealed record FeatureExtractResponse(
    [property: JsonPropertyName("features")] float[] Features,
    [property: JsonPropertyName("text_context")] string TextContext,
    [property: JsonPropertyName("grid")] FeatureExtractGrid Grid,
    [property: JsonPropertyName("timings")] FeatureExtractTimings Timings);

/// <summary>A grid of patches.</summary>
internal sealed record FeatureExtractGrid([property: JsonPropertyName("height")] int Height, [property: JsonPropertyName("width")] int Width);

/// <summary>Seconds by stage.</summary>
internal sealed record FeatureExtractTimings(
    [property: JsonPropertyName("queue_seconds")] double Queue,
    [property: JsonPropertyName("preprocess_seconds")] double Preprocess,
    [property: JsonPropertyName("encode_seconds")] double Encode,
    [property: JsonPropertyName("prefill_seconds")] double Prefill,
    [property: JsonPropertyName("decode_seconds")] double Decode,
    [property: JsonPropertyName("total_seconds")] double Total);
