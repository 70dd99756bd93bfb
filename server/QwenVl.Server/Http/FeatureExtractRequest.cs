using System.Text.Json.Serialization;

namespace QwenVl.Server.Http;

/// <summary>The body of POST /v1/feature_extract.</summary>
/// <param name="ImageBase64">The encoded picture; this or <paramref name="ImageUrl"/>.</param>
/// <param name="ImageUrl">The picture as a data: URL in base64.</param>
/// <param name="TextPrompt">What to ask about it.</param>
/// <param name="Resolution">auto (default), 512 or 1024.</param>
internal sealed record FeatureExtractRequest(
    [property: JsonPropertyName("image_base64")] string? ImageBase64,
    [property: JsonPropertyName("image_url")] string? ImageUrl,
    [property: JsonPropertyName("text_prompt")] string? TextPrompt,
    [property: JsonPropertyName("resolution")] string? Resolution);
