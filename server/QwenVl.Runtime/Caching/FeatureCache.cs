using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Caching;

/// <summary>
/// Keeps features up to a capacity in bytes, dropping those used longest ago; concurrent misses of one key encode once.
/// Safe for concurrent use.
/// </summary>
public sealed class FeatureCache(long capacityBytes, RuntimeMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FeatureKey, LinkedListNode<(FeatureKey Key, EncodeResult Result)>> _entries = [];
    private readonly LinkedList<(FeatureKey Key, EncodeResult Result)> _byUse = [];
    private readonly Dictionary<FeatureKey, SharedWork<EncodeResult>> _underWay = [];
    private long _bytes;

    /// <summary>Bytes held.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>The features of a key: held, under way for someone else, or encoded now.</summary>
    /// <param name="key">The key.</param>
    /// <param name="encode">Encodes; called at most once a key at a time, and cancelled only when everyone who waits has left.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<EncodeResult> GetOrEncodeAsync(FeatureKey key, Func<CancellationToken, Task<EncodeResult>> encode, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(encode);
        Task<EncodeResult>? result;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<(FeatureKey Key, EncodeResult Result)>? entry))
            {
                _byUse.Remove(entry);
                _byUse.AddFirst(entry);
                metrics.LookedUp(hit: true);
                return entry.Value.Result with { WasCached = true, QueueSeconds = 0, RunSeconds = 0 };
            }

            metrics.LookedUp(hit: false);
            result = _underWay.GetValueOrDefault(key)?.TryJoin(cancellation) ?? Begin(key, encode, cancellation);
        }

        return await result;
    }

    private Task<EncodeResult> Begin(FeatureKey key, Func<CancellationToken, Task<EncodeResult>> encode, CancellationToken cancellation)
    {
        SharedWork<EncodeResult>? work = null;
        work = new SharedWork<EncodeResult>(async abandoned =>
        {
            try
            {
                EncodeResult result = await encode(abandoned);
                Keep(key, result);
                return result;
            }
            finally
            {
                lock (_lock)
                    // Abandoned work may end after its successor has begun.
                    if (_underWay.GetValueOrDefault(key) == work) _underWay.Remove(key);
            }
        });
        _underWay[key] = work;
        return work.TryJoin(cancellation)!;
    }

    private void Keep(FeatureKey key, EncodeResult result)
    {
        long size = SizeOf(result);
        if (size > capacityBytes) return;
        long before, after;
        lock (_lock)
        {
            if (_entries.ContainsKey(key)) return;
            before = _bytes;
            while (_bytes + size > capacityBytes && _byUse.Last is { } oldest)
            {
                _byUse.RemoveLast();
                _entries.Remove(oldest.Value.Key);
                _bytes -= SizeOf(oldest.Value.Result);
            }

            _entries[key] = _byUse.AddFirst((key, result));
            after = _bytes += size;
        }

        metrics.CacheChanged(after - before);
    }

    private static long SizeOf(EncodeResult result) => result.Features.Values.Length * (long)sizeof(float);
}
