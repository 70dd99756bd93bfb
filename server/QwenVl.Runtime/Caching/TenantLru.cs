using QwenVl.Runtime.Telemetry;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Caching;

/// <summary>
/// Values up to a capacity in bytes. What makes room is what a tenant used longest ago: a tenant that has used nothing
/// for a whole turnover of the cache, else the one that holds most. An active tenant with no more than an equal part of
/// the capacity therefore loses nothing to others. Safe for concurrent use.
/// </summary>
/// <param name="capacityBytes">The most bytes held; values that are read after their eviction are counted beside them.</param>
/// <param name="metrics">Where changes are counted.</param>
internal sealed class TenantLru<TKey, TValue>(long capacityBytes, CacheMetrics metrics)
    where TKey : class, ITenantKey
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Entry> _entries = [];
    private readonly Dictionary<Tenant, Part> _parts = [];
    private long _bytes;
    private long _evictedBytes;
    private long _evictions;
    // All bytes that ever came in: the clock by which tenants are idle.
    private long _turnover;
    private long _uses;

    /// <summary>Bytes held.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>Bytes that are read and not held: evicted meanwhile, or too large to be held at all.</summary>
    public long EvictedBytes
    {
        get
        {
            lock (_lock) return _evictedBytes;
        }
    }

    /// <summary>Values held.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>Values that made room for others, ever.</summary>
    public long Evictions
    {
        get
        {
            lock (_lock) return _evictions;
        }
    }

    /// <summary>A hold on a value; null where none is held under this key.</summary>
    public CacheLease<TValue>? TryRead(TKey key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out Entry? entry)) return null;
            Use(entry);
            return Lend(entry);
        }
    }

    /// <summary>Holds a value, unless it is larger than the whole capacity.</summary>
    /// <param name="key">Its key; where a value is held under it, that one stays.</param>
    /// <param name="value">The value.</param>
    /// <param name="bytes">Its size.</param>
    /// <returns>A hold on the value held, or on the given one.</returns>
    public CacheLease<TValue> Add(TKey key, TValue value, long bytes)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out Entry? entry)) Use(entry);
            else
            {
                entry = new Entry(key, value, bytes);
                if (MayHold(entry)) Hold(entry);
            }

            return Lend(entry);
        }
    }

    /// <summary>A value larger than an equal part is held only where the other active tenants leave room for it.</summary>
    private bool MayHold(Entry entry)
    {
        if (entry.Bytes > capacityBytes) return false;
        int tenants = 1;
        long others = 0;
        foreach ((Tenant tenant, Part part) in _parts)
        {
            if (tenant == entry.Key.Tenant || IsIdle(part)) continue;
            tenants++;
            others += part.Bytes;
        }

        return entry.Bytes <= capacityBytes / tenants || entry.Bytes <= capacityBytes - others;
    }

    private void Hold(Entry entry)
    {
        if (!_parts.TryGetValue(entry.Key.Tenant, out Part? part)) _parts[entry.Key.Tenant] = part = new Part();
        // Counted before room is made, so that a tenant that grows beyond the others makes room for itself.
        part.Bytes += entry.Bytes;
        part.LastUse = _turnover;
        while (_bytes + entry.Bytes > capacityBytes) Evict(Victim());
        _turnover += entry.Bytes;
        part.LastUse = _turnover;
        _entries.Add(entry.Key, entry);
        part.ByUse.AddFirst(entry.Place);
        entry.LastUse = ++_uses;
        _bytes += entry.Bytes;
        metrics.Held(entry.Bytes);
    }

    /// <summary>Among tenants that hold equally much, what was used longest ago.</summary>
    private Entry Victim() => _parts.Values.MaxBy(part => (IsIdle(part), part.Bytes, -(part.ByUse.Last?.Value.LastUse ?? long.MaxValue)))!.ByUse.Last!.Value;

    private bool IsIdle(Part part) => _turnover - part.LastUse >= capacityBytes;

    private void Evict(Entry entry)
    {
        Part part = _parts[entry.Key.Tenant];
        _entries.Remove(entry.Key);
        part.ByUse.Remove(entry.Place);
        part.Bytes -= entry.Bytes;
        // One that is about to receive a value has its bytes already, and stays.
        if (part.Bytes == 0) _parts.Remove(entry.Key.Tenant);
        _bytes -= entry.Bytes;
        _evictions++;
        metrics.Evicted(entry.Bytes);
        if (entry.Readers > 0) ChangeEvicted(entry.Bytes);
    }

    private void Use(Entry entry)
    {
        Part part = _parts[entry.Key.Tenant];
        part.LastUse = _turnover;
        part.ByUse.Remove(entry.Place);
        part.ByUse.AddFirst(entry.Place);
        entry.LastUse = ++_uses;
    }

    private CacheLease<TValue> Lend(Entry entry)
    {
        if (entry.Readers++ == 0 && !IsHeld(entry)) ChangeEvicted(entry.Bytes);
        return new CacheLease<TValue>(entry.Value, () => LendAgain(entry), () => Leave(entry));
    }

    private CacheLease<TValue> LendAgain(Entry entry)
    {
        lock (_lock) return Lend(entry);
    }

    private void Leave(Entry entry)
    {
        lock (_lock)
            if (--entry.Readers == 0 && !IsHeld(entry)) ChangeEvicted(-entry.Bytes);
    }

    private static bool IsHeld(Entry entry) => entry.Place.List is not null;

    private void ChangeEvicted(long bytes)
    {
        _evictedBytes += bytes;
        metrics.EvictedReadChanged(bytes);
    }

    private sealed class Entry
    {
        public Entry(TKey key, TValue value, long bytes)
        {
            (Key, Value, Bytes) = (key, value, bytes);
            Place = new LinkedListNode<Entry>(this);
        }

        public TKey Key { get; }

        public TValue Value { get; }

        public long Bytes { get; }

        public LinkedListNode<Entry> Place { get; }

        public int Readers { get; set; }

        public long LastUse { get; set; }
    }

    private sealed class Part
    {
        public LinkedList<Entry> ByUse { get; } = [];

        public long Bytes { get; set; }

        /// <summary>The turnover at that time.</summary>
        public long LastUse { get; set; }
    }
}
