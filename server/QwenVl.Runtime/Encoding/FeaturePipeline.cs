using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Telemetry;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Encoding;

/// <summary>From encoded pictures to features: cache, preprocessing, tower. Safe for concurrent use.</summary>
public sealed class FeaturePipeline : IAsyncDisposable
{
    private readonly SharedTier? _shared;

    /// <param name="preparation">Checks and prepares pictures; not owned.</param>
    /// <param name="options">Capacities, and where the shared tier is.</param>
    /// <param name="metrics">Where lookups are counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where changes of the shared tier's state are written.</param>
    public FeaturePipeline(ImagePreparation preparation, IOptions<RuntimeOptions> options, RuntimeMetrics metrics, TimeProvider time, ILogger<SharedTier> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        Preparation = preparation;
        _shared = SharedTier.Open(options.Value, metrics, time, log);
        Features = new FeatureCache(Bytes(options.Value.FeatureCacheMb), _shared, metrics);
        Images = new ImageCache(Bytes(options.Value.ImageCacheMb), metrics);
    }

    /// <summary>Checks pictures.</summary>
    public ImagePreparation Preparation { get; }

    /// <summary>Features that were computed before.</summary>
    public FeatureCache Features { get; }

    /// <summary>Pictures that were uploaded before.</summary>
    public ImageCache Images { get; }

    /// <summary>Begins work on a picture; nothing runs before features are asked for.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="maxPixels">The area budget.</param>
    /// <param name="tenant">On whose behalf.</param>
    /// <returns>The work; the caller disposes it when its features are no longer read.</returns>
    public ImageEncoding Begin(EncodedImage image, long maxPixels, Tenant tenant) => new(image, maxPixels, tenant, Preparation, Features);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_shared is not null) await _shared.DisposeAsync();
    }

    private static long Bytes(int mebibytes) => (long)mebibytes << 20;
}
