using QwenVl.Model.Vision;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Encoding;

/// <summary>
/// One picture on its way through one or several towers: preprocessed once, and only where a tower needs it. Its patches are
/// held from the first tower that needs them until all that were announced have answered and none reads any more; the features
/// that it brought, until it is disposed.
/// </summary>
public sealed class ImageEncoding : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ImagePreparation _preparation;
    private readonly FeatureCache _cache;
    private readonly string _recipe;
    private readonly List<FeatureLease> _features = [];
    private readonly List<PreparedImage> _patches = [];
    private SharedWork<PreparedImage>? _prepared;
    private int _expected;
    private int _readers;
    private double _preprocessSeconds;
    private bool _isDisposed;

    internal ImageEncoding(EncodedImage image, long maxPixels, Tenant tenant, int towers, ImagePreparation preparation, FeatureCache cache)
    {
        (Image, Tenant, _expected, _preparation, _cache) = (image, tenant, towers, preparation, cache);
        Grid = SmartResize.Fit(image.Height, image.Width, SmartResize.DefaultMinPixels, maxPixels);
        _recipe = preparation.RecipeOf(image, Grid);
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
        try
        {
            return Keep(await _cache.GetOrEncodeAsync(KeyFor(tower), abandoned => PrepareAndEncodeAsync(tower, shared, abandoned), cancellation));
        }
        finally
        {
            Change(readers: 0, answers: 1);
        }
    }

    /// <summary>Prepares the picture, which a tower would do anyway, and measures how densely its edges lie.</summary>
    /// <returns>As <see cref="EdgeDensity.Measure"/>.</returns>
    /// <exception cref="Errors.RequestException">The picture cannot be decoded, or too many wait.</exception>
    internal Task<float> MeasureAsync(CancellationToken cancellation) => ReadAsync(patches => Task.FromResult(EdgeDensity.Measure(patches)), cancellation);

    /// <summary>Gives features back, and patches as soon as nobody else waits for what is made of them.</summary>
    public void Dispose()
    {
        lock (_lock) _isDisposed = true;
        foreach (FeatureLease lease in _features) lease.Dispose();
        Change(readers: 0, answers: int.MaxValue);
    }

    private Task<EncodeResult> PrepareAndEncodeAsync(HostedTower tower, RequestTerms terms, CancellationToken abandoned)
    {
        // Under overload most pictures are refused: none of them shall have cost a decode.
        tower.Worker.RequireRoom();
        return ReadAsync(patches => tower.Worker.EncodeAsync(patches, terms, abandoned), abandoned);
    }

    private EncodeResult Keep(FeatureLease lease)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _features.Add(lease);
                return lease.Result;
            }
        }

        lease.Dispose();
        throw new ObjectDisposedException(nameof(ImageEncoding));
    }

    /// <summary>May outlive this picture's question: someone else's may have joined it in the cache.</summary>
    private async Task<T> ReadAsync<T>(Func<ImagePatches, Task<T>> read, CancellationToken abandoned)
    {
        Change(readers: 1, answers: 0);
        try
        {
            return await read((await PrepareOnceAsync(abandoned)).Patches);
        }
        finally
        {
            Change(readers: -1, answers: 0);
        }
    }

    private FeatureKey KeyFor(HostedTower tower) => new(
        Tenant,
        tower.Fingerprint.Model,
        tower.Engine,
        $"{_recipe} {ImagePreparation.Decoder}",
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
        PreparedImage prepared = await _preparation.PrepareAsync(Image, Grid, cancellation);
        Volatile.Write(ref _preprocessSeconds, prepared.Seconds);
        lock (_lock) _patches.Add(prepared);
        // Everyone may have left meanwhile.
        Change(readers: 0, answers: 0);
        return prepared;
    }

    private void Change(int readers, int answers)
    {
        PreparedImage[] done;
        lock (_lock)
        {
            _readers += readers;
            _expected = answers >= _expected ? 0 : _expected - answers;
            if (_readers > 0 || _expected > 0) return;
            done = [.. _patches];
            _patches.Clear();
            // A tower that asks after all begins anew.
            _prepared = null;
        }

        foreach (PreparedImage prepared in done) prepared.Dispose();
    }
}
