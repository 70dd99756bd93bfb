using QwenVl.Model.Vision;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Queueing;

namespace QwenVl.Runtime.Encoding;

/// <summary>One picture on its way through one or several towers: preprocessed once, and only where a tower needs it.</summary>
public sealed class ImageEncoding
{
    private readonly Lock _lock = new();
    private readonly ImagePreparation _preparation;
    private readonly long _maxPixels;
    private readonly FeatureCache _cache;
    private SharedWork<PreparedImage>? _prepared;
    private double _preprocessSeconds;

    internal ImageEncoding(EncodedImage image, long maxPixels, ImagePreparation preparation, FeatureCache cache)
    {
        (Image, _maxPixels, _preparation, _cache) = (image, maxPixels, preparation, cache);
        Grid = SmartResize.Fit(image.Height, image.Width, SmartResize.DefaultMinPixels, maxPixels);
    }

    /// <summary>The picture.</summary>
    public EncodedImage Image { get; }

    /// <summary>Its size in patches after resizing.</summary>
    public ImageGrid Grid { get; }

    /// <summary>Seconds of preprocessing; 0 where it was not needed.</summary>
    public double PreprocessSeconds => Volatile.Read(ref _preprocessSeconds);

    /// <summary>The picture's features by one tower.</summary>
    /// <param name="tower">The tower.</param>
    /// <param name="terms">On what terms the picture waits for it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="Errors.RequestException">The picture cannot be decoded, or too many wait.</exception>
    public Task<EncodeResult> EncodeAsync(HostedTower tower, RequestTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(tower);
        var key = new FeatureKey(tower.Fingerprint.Model, ImagePreprocessor.Version, Convert.ToHexStringLower(Image.Sha256.Span), Image.Bytes.Length, Grid);
        // Others may come to share the work and have more time: what ends it is that the last of them has left.
        RequestTerms shared = terms with { Deadline = null };
        return _cache.GetOrEncodeAsync(key, async abandoned => await tower.Worker.EncodeAsync((await PrepareOnceAsync(abandoned)).Patches, shared, abandoned), cancellation);
    }

    private Task<PreparedImage> PrepareOnceAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_prepared?.TryJoin(cancellation) is { } joined) return joined;
            _prepared = new SharedWork<PreparedImage>(PrepareAsync);
            return _prepared.TryJoin(cancellation)!;
        }
    }

    private async Task<PreparedImage> PrepareAsync(CancellationToken cancellation)
    {
        PreparedImage prepared = await _preparation.PrepareAsync(Image.Bytes, _maxPixels, cancellation);
        Volatile.Write(ref _preprocessSeconds, prepared.Seconds);
        return prepared;
    }
}
