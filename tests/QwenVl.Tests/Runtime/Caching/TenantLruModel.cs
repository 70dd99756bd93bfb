using QwenVl.Runtime.Tenancy;

namespace QwenVl.Tests.Runtime.Caching;

/// <summary>What the cache should do, in the plainest way: a list in the order of use, newest last, and sums over it.</summary>
internal sealed class TenantLruModel(long capacity)
{
    private readonly Dictionary<Tenant, long> _lastUse = [];
    private long _turnover;

    public List<(TestKey Key, object Value, long Bytes)> Held { get; } = [];

    public long Evictions { get; private set; }

    public long Bytes => Held.Sum(entry => entry.Bytes);

    public object? Read(TestKey key)
    {
        int at = Held.FindIndex(entry => entry.Key == key);
        if (at < 0) return null;
        (TestKey Key, object Value, long Bytes) found = Held[at];
        Held.RemoveAt(at);
        Held.Add(found);
        _lastUse[key.Tenant] = _turnover;
        return found.Value;
    }

    public object Add(TestKey key, object value, long bytes)
    {
        if (Read(key) is { } held) return held;
        Tenant[] others = [.. Held.Select(entry => entry.Key.Tenant).Distinct().Where(tenant => tenant != key.Tenant && !IsIdle(tenant))];
        bool isWithinEqualPart = bytes <= capacity / (others.Length + 1), leavesOthersAlone = bytes + others.Sum(Of) <= capacity;
        if (bytes > capacity || !(isWithinEqualPart || leavesOthersAlone)) return value;
        _lastUse[key.Tenant] = _turnover;
        while (Bytes + bytes > capacity)
        {
            // The idle before the active, the large before the small; then the order of use.
            Tenant from = Held.Select(entry => entry.Key.Tenant).OrderByDescending(IsIdle).ThenByDescending(tenant => Of(tenant) + (tenant == key.Tenant ? bytes : 0)).First();
            Held.RemoveAt(Held.FindIndex(entry => entry.Key.Tenant == from));
            Evictions++;
        }

        Held.Add((key, value, bytes));
        _turnover += bytes;
        _lastUse[key.Tenant] = _turnover;
        return value;
    }

    public long Of(Tenant tenant) => Held.Where(entry => entry.Key.Tenant == tenant).Sum(entry => entry.Bytes);

    public bool IsIdle(Tenant tenant) => _turnover - _lastUse[tenant] >= capacity;
}
