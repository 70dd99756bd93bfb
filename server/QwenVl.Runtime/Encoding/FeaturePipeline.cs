using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Telemetry;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Encoding;

/// <summary>From encoded pictures to features: cache, preprocessing, tower. Safe for concurrent use.</summary>
public sealed class FeaturePipeline : IAsyncDisposable
{
    private const int KnownDensities = 1 << 16;
    private readonly SharedTier? _shared;
    private readonly EdgeDensities _densities = new(KnownDensities);

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

    /// <summary>Begins work on a picture. Nothing runs before features are asked for, except that a picture without a budget may have to be looked at.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="maxPixels">The area budget; null for what the picture needs, as <see cref="AutoResolution"/> finds.</param>
    /// <param name="isReading">Whether something written is asked for, which lowers what it takes to be seen at 1024.</param>
    /// <param name="tenant">On whose behalf.</param>
    /// <param name="towers">How many towers will be asked for its features; the patches go back when all have answered.</param>
    /// <param name="cancellation">Gives up while the picture is looked at.</param>
    /// <returns>The work; the caller disposes it when its features are no longer read.</returns>
    /// <exception cref="Errors.RequestException">The picture cannot be decoded, or too many wait.</exception>
    public async Task<ImageEncoding> BeginAsync(EncodedImage image, long? maxPixels, bool isReading, Tenant tenant, int towers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImageEncoding encoding = Begin(image, maxPixels ?? SmartResize.Pixels512, tenant, towers);
        if (maxPixels is not null || !AutoResolution.IsChoice(image.Height, image.Width)) return encoding;
        try
        {
            var key = ImageKey.Of(tenant, image);
            if (_densities.Find(key) is not { } density) _densities.Add(key, density = await encoding.MeasureAsync(cancellation));
            if (AutoResolution.Choose(density, isReading) == SmartResize.Pixels512) return encoding;
        }
        catch
        {
            encoding.Dispose();
            throw;
        }

        encoding.Dispose();
        return Begin(image, SmartResize.Pixels1024, tenant, towers);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_shared is not null) await _shared.DisposeAsync();
    }

    private ImageEncoding Begin(EncodedImage image, long maxPixels, Tenant tenant, int towers) => new(image, maxPixels, tenant, towers, Preparation, Features);

    private static long Bytes(int mebibytes) => (long)mebibytes << 20;
}
