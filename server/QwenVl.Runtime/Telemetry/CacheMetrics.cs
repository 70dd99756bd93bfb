using System.Diagnostics.Metrics;

namespace QwenVl.Runtime.Telemetry;

/// <summary>What a cache counts.</summary>
public sealed class CacheMetrics
{
    private readonly Counter<long> _lookups;
    private readonly Counter<long> _evictions;
    private readonly UpDownCounter<long> _bytes;
    private readonly UpDownCounter<long> _entries;
    private readonly UpDownCounter<long> _evictedRead;

    internal CacheMetrics(Meter meter, string name, string what)
    {
        _lookups = meter.CreateCounter<long>($"{name}.lookups", "{lookup}", $"Lookups of {what}, by tier and outcome.");
        _evictions = meter.CreateCounter<long>($"{name}.evictions", "{entry}", $"Entries of {what} that made room for others.");
        _bytes = meter.CreateUpDownCounter<long>($"{name}.size", "By", $"Bytes of {what} held.");
        _entries = meter.CreateUpDownCounter<long>($"{name}.entries", "{entry}", $"Entries of {what} held.");
        _evictedRead = meter.CreateUpDownCounter<long>($"{name}.evicted_read", "By", $"Bytes of {what} that are still read and no longer held.");
    }

    /// <summary>Something was looked up.</summary>
    /// <param name="tier">memory, shared or upload.</param>
    /// <param name="outcome">hit, miss, or joined where another's work brings it.</param>
    public void LookedUp(string tier, string outcome) =>
        _lookups.Add(1, new KeyValuePair<string, object?>("tier", tier), new KeyValuePair<string, object?>("outcome", outcome));

    internal void Held(long bytes)
    {
        _bytes.Add(bytes);
        _entries.Add(1);
    }

    internal void Evicted(long bytes)
    {
        _bytes.Add(-bytes);
        _entries.Add(-1);
        _evictions.Add(1);
    }

    internal void EvictedReadChanged(long bytes) => _evictedRead.Add(bytes);
}
