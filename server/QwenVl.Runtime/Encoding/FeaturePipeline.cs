using Microsoft.Extensions.Options;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Encoding;

/// <summary>From encoded pictures to features: cache, preprocessing, tower. Safe for concurrent use.</summary>
public sealed class FeaturePipeline(ImagePreparation preparation, IOptions<RuntimeOptions> options, RuntimeMetrics metrics)
{
    private readonly FeatureCache _cache = new((long)options.Value.FeatureCacheMb << 20, metrics);

    /// <summary>Checks pictures.</summary>
    public ImagePreparation Preparation { get; } = preparation;

    /// <summary>Begins work on a picture; nothing runs before features are asked for.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="maxPixels">The area budget.</param>
    /// <param name="towers">How many towers will be asked for its features; the patches go back when all have answered.</param>
    /// <returns>The work; the caller disposes it when no more is asked.</returns>
    public ImageEncoding Begin(EncodedImage image, long maxPixels, int towers = 1) => new(image, maxPixels, towers, Preparation, _cache);
}
