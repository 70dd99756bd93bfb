using QwenVl.Model.Vision;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Encoding;

/// <summary>
/// One picture on its way through one or several towers: preprocessed once, and only where a tower needs it. Holds the
/// features that it brought until it is disposed.
/// </summary>
public sealed class ImageEncoding : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ImagePreparation _preparation;
    private readonly long _maxPixels;
    private readonly FeatureCache _cache;
    private readonly List<FeatureLease> _held = [];
    private SharedWork<PreparedImage>? _prepared;
    private double _preprocessSeconds;
    private bool _isDisposed;

    internal ImageEncoding(EncodedImage image, long maxPixels, Tenant tenant, ImagePreparation preparation, FeatureCache cache)
    {
        (Image, _maxPixels, Tenant, _preparation, _cache) = (image, maxPixels, tenant, preparation, cache);
        Grid = SmartResize.Fit(image.Height, image.Width, SmartResize.DefaultMinPixels, maxPixels);
    }

    /// <summary>The picture.</summary>
    public EncodedImage Image { get; }

    /// <summary>On whose behalf.</summary>
    public Tenant Tenant { get; }

    /// <summary>Its size in patches after resizing.</summary>
    public ImageGrid Grid { get; }

    /// <summary>Seconds of preprocessing; 0 where it was not needed.</summary>
    public double PreprocessSeconds => Volatile.Read(ref _preprocessSeconds);

    /// <summary>The picture's features by one tower; held until this is disposed.</summary>
    /// <param name="tower">The tower.</param>
    /// <param name="terms">On what terms the picture waits for it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="Errors.RequestException">The picture cannot be decoded, or too many wait.</exception>
    public async Task<EncodeResult> EncodeAsync(HostedTower tower, RequestTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(tower);
        // Others may come to share the work and have more time: what ends it is that the last of them has left.
        RequestTerms shared = terms with { Deadline = null };
        FeatureLease lease = await _cache.GetOrEncodeAsync(
            KeyFor(tower),
            async abandoned => await tower.Worker.EncodeAsync((await PrepareOnceAsync(abandoned)).Patches, shared, abandoned),
            cancellation);
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _held.Add(lease);
                return lease.Result;
            }
        }

        lease.Dispose();
        throw new ObjectDisposedException(nameof(ImageEncoding));
    }

    /// <summary>Gives the features back.</summary>
    public void Dispose()
    {
        lock (_lock) _isDisposed = true;
        foreach (FeatureLease lease in _held) lease.Dispose();
    }

    private FeatureKey KeyFor(HostedTower tower) => new(
        Tenant,
        tower.Fingerprint.Model,
        tower.Engine,
        $"{ImagePreprocessor.Version} {ImagePreparation.Decoder}",
        Convert.ToHexStringLower(Image.Sha256.Span),
        Image.Bytes.Length,
        Grid);

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
