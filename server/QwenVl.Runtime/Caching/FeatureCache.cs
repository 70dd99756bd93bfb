using QwenVl.Model.Vision;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Caching;

/// <summary>
/// Keeps features in memory up to a capacity in bytes, with a tier shared by several servers behind it where there is
/// one. Concurrent misses of one key encode once. Safe for concurrent use.
/// </summary>
/// <param name="capacityBytes">The most bytes held in memory.</param>
/// <param name="shared">The shared tier; null where there is none. Not owned.</param>
/// <param name="metrics">Where lookups are counted.</param>
public sealed class FeatureCache(long capacityBytes, SharedTier? shared, RuntimeMetrics metrics)
{
    private const string Tier = "memory";
    private readonly Lock _lock = new();
    private readonly TenantLru<FeatureKey, ImageFeatures> _held = new(capacityBytes, metrics.FeatureCache);
    private readonly Dictionary<FeatureKey, SharedWork<FeatureLease>> _underWay = [];

    /// <summary>Bytes held.</summary>
    public long Bytes => _held.Bytes;

    /// <summary>Bytes of features that are read and no longer held.</summary>
    public long EvictedBytes => _held.EvictedBytes;

    /// <summary>The features of a key: held, under way for someone else, in the shared tier, or encoded now.</summary>
    /// <param name="key">The key.</param>
    /// <param name="encode">Encodes; called at most once a key at a time, and cancelled only when everyone who waits has left.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>A hold on the features; the caller gives it back.</returns>
    public async Task<FeatureLease> GetOrEncodeAsync(FeatureKey key, Func<CancellationToken, Task<EncodeResult>> encode, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(encode);
        Task<FeatureLease>? result;
        lock (_lock)
        {
            if (_held.TryRead(key) is { } held)
            {
                metrics.FeatureCache.LookedUp(Tier, "hit");
                return new FeatureLease(Cached(held.Value), held);
            }

            result = _underWay.GetValueOrDefault(key)?.TryJoin(lease => lease.Share(), cancellation);
            metrics.FeatureCache.LookedUp(Tier, result is null ? "miss" : "joined");
            result ??= Begin(key, encode, cancellation);
        }

        return await result;
    }

    private Task<FeatureLease> Begin(FeatureKey key, Func<CancellationToken, Task<EncodeResult>> encode, CancellationToken cancellation)
    {
        SharedWork<FeatureLease>? work = null;
        work = new SharedWork<FeatureLease>(
            async abandoned =>
            {
                try
                {
                    return await FindOrEncodeAsync(key, encode, abandoned);
                }
                finally
                {
                    lock (_lock)
                        // Abandoned work may end after its successor has begun.
                        if (_underWay.GetValueOrDefault(key) == work) _underWay.Remove(key);
                }
            },
            lease => lease.Dispose());
        _underWay[key] = work;
        return work.TryJoin(lease => lease.Share(), cancellation)!;
    }

    private async Task<FeatureLease> FindOrEncodeAsync(FeatureKey key, Func<CancellationToken, Task<EncodeResult>> encode, CancellationToken abandoned)
    {
        if (shared is not null && await shared.ReadAsync(key, abandoned) is { } found) return Keep(key, Cached(found));
        FeatureLease lease = Keep(key, await encode(abandoned));
        shared?.Write(key, lease.ShareFeatures());
        return lease;
    }

    private FeatureLease Keep(FeatureKey key, EncodeResult result) => new(result, _held.Add(key, result.Features, result.Features.SizeInBytes));

    private static EncodeResult Cached(ImageFeatures features) => new(features, QueueSeconds: 0, RunSeconds: 0, WasCached: true);
}
