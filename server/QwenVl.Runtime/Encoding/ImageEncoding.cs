using QwenVl.Model.Vision;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;

namespace QwenVl.Runtime.Encoding;

/// <summary>
/// One picture on its way through one or several towers: preprocessed once, and only where a tower needs it. Its patches are
/// held from the first tower that needs them until all that were announced have answered and none reads any more.
/// </summary>
public sealed class ImageEncoding : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ImagePreparation _preparation;
    private readonly FeatureCache _cache;
    private readonly string _recipe;
    private readonly List<PreparedImage> _held = [];
    private SharedWork<PreparedImage>? _prepared;
    private int _expected;
    private int _readers;
    private double _preprocessSeconds;

    internal ImageEncoding(EncodedImage image, long maxPixels, int towers, ImagePreparation preparation, FeatureCache cache)
    {
        (Image, _expected, _preparation, _cache) = (image, towers, preparation, cache);
        Grid = SmartResize.Fit(image.Height, image.Width, SmartResize.DefaultMinPixels, maxPixels);
        _recipe = preparation.RecipeOf(image, Grid);
    }

    /// <summary>The picture.</summary>
    public EncodedImage Image { get; }

    /// <summary>Its size in patches after resizing.</summary>
    public ImageGrid Grid { get; }

    /// <summary>Seconds of preprocessing; 0 where it was not needed.</summary>
    public double PreprocessSeconds => Volatile.Read(ref _preprocessSeconds);

    /// <summary>The picture's features by one tower.</summary>
    /// <exception cref="Errors.RequestException">The picture cannot be decoded, or too many wait.</exception>
    public async Task<EncodeResult> EncodeAsync(HostedTower tower, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(tower);
        var key = new FeatureKey(tower.Fingerprint.Model, _recipe, Convert.ToHexStringLower(Image.Sha256.Span), Image.Bytes.Length, Grid);
        try
        {
            return await _cache.GetOrEncodeAsync(key, abandoned => EncodeOnceAsync(tower, abandoned), cancellation);
        }
        finally
        {
            Change(readers: 0, answers: 1);
        }
    }

    /// <summary>No tower is asked any more. What others wait for goes on, and its patches are held until it is done.</summary>
    public void Dispose() => Change(readers: 0, answers: int.MaxValue);

    /// <summary>May outlive this picture's question: someone else's may have joined it in the cache.</summary>
    private async Task<EncodeResult> EncodeOnceAsync(HostedTower tower, CancellationToken abandoned)
    {
        Change(readers: 1, answers: 0);
        try
        {
            return await tower.Worker.EncodeAsync((await PrepareOnceAsync(abandoned)).Patches, abandoned);
        }
        finally
        {
            Change(readers: -1, answers: 0);
        }
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
        PreparedImage prepared = await _preparation.PrepareAsync(Image, Grid, cancellation);
        Volatile.Write(ref _preprocessSeconds, prepared.Seconds);
        lock (_lock) _held.Add(prepared);
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
            done = [.. _held];
            _held.Clear();
            // A tower that asks after all begins anew.
            _prepared = null;
        }

        foreach (PreparedImage prepared in done) prepared.Dispose();
    }
}
