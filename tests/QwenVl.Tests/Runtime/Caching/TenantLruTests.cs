using FsCheck.Xunit;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Telemetry;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Tests.Runtime.Caching;

public sealed class TenantLruTests
{
    private const long Capacity = 20;
    private static readonly Tenant A = new("a"), B = new("b"), C = new("c");

    [Property(MaxTest = 1000)]
    public void It_does_what_a_plain_model_does_never_holds_too_much_and_loses_nothing_that_is_read(byte[] steps)
    {
        using var metrics = new TestMetrics();
        using MetricCollector<long> sizes = Collect(metrics, "size"), evicted = Collect(metrics, "evicted_read"), evictions = Collect(metrics, "evictions"), entries = Collect(metrics, "entries");
        var cache = new TenantLru<TestKey, object>(Capacity, metrics.Runtime.FeatureCache);
        var model = new TenantLruModel(Capacity);
        var readers = new List<(CacheLease<object> Lease, object Value, long Bytes)>();
        var sizeOf = new Dictionary<object, long>();
        foreach (byte step in steps)
        {
            var key = new TestKey(new Tenant($"{step & 1}{(step >> 1) & 1}"), (step >> 2) & 3);
            switch (step >> 6)
            {
                case 0 when readers.Count > 0:
                    int leaving = step % readers.Count;
                    readers[leaving].Lease.Dispose();
                    readers.RemoveAt(leaving);
                    break;
                case 1:
                    CacheLease<object>? found = cache.TryRead(key);
                    object? expected = model.Read(key);
                    Assert.Same(expected, found?.Value);
                    if (found is not null) readers.Add((found, expected!, sizeOf[expected!]));
                    break;
                default:
                    var value = new object();
                    long bytes = sizeOf[value] = 1 + ((step >> 4) & 7) * 3;
                    CacheLease<object> lease = cache.Add(key, value, bytes);
                    object held = model.Add(key, value, bytes);
                    Assert.Same(held, lease.Value);
                    readers.Add((lease, held, sizeOf[held]));
                    break;
            }

            long lingering = readers.DistinctBy(reader => reader.Value).Where(reader => model.Held.TrueForAll(entry => entry.Value != reader.Value)).Sum(reader => reader.Bytes);
            Assert.True(cache.Bytes <= Capacity);
            Assert.All(readers, reader => Assert.Same(reader.Value, reader.Lease.Value));
            Assert.Equal((model.Bytes, model.Held.Count, model.Evictions, lingering), (cache.Bytes, cache.Count, cache.Evictions, cache.EvictedBytes));
            Assert.Equal((model.Bytes, model.Held.Count, model.Evictions, lingering), (Sum(sizes), Sum(entries), Sum(evictions), Sum(evicted)));
        }

        foreach ((CacheLease<object> lease, _, _) in readers) lease.Dispose();
        Assert.Equal(0, cache.EvictedBytes);
    }

    [Property(MaxTest = 500)]
    public void An_active_tenant_with_no_more_than_an_equal_part_loses_nothing_to_others(byte[] greedy)
    {
        using var metrics = new TestMetrics();
        var cache = new TenantLru<TestKey, object>(Capacity, metrics.Runtime.FeatureCache);
        for (int i = 0; i < Capacity / 2; i++) cache.Add(new TestKey(A, i), i, 1).Dispose();
        for (int i = 0; i < greedy.Length; i++)
        {
            cache.Add(new TestKey(B, i), i, 1 + greedy[i] % (Capacity / 2)).Dispose();
            for (int mine = 0; mine < Capacity / 2; mine++)
            {
                using CacheLease<object>? held = cache.TryRead(new TestKey(A, mine));
                Assert.NotNull(held);
            }
        }
    }

    [Fact]
    public void One_tenant_alone_may_use_all_and_gives_way_to_a_second()
    {
        using var metrics = new TestMetrics();
        var cache = new TenantLru<TestKey, object>(Capacity, metrics.Runtime.FeatureCache);
        for (int i = 0; i < Capacity; i++) cache.Add(new TestKey(A, i), i, 1).Dispose();
        Assert.Equal(Capacity, cache.Bytes);
        for (int i = 0; i < Capacity; i++) cache.Add(new TestKey(B, i), i, 1).Dispose();

        Assert.Equal((Capacity / 2, Capacity / 2), (Held(cache, A), Held(cache, B)));
    }

    [Fact]
    public void A_tenant_that_uses_nothing_for_a_whole_turnover_gives_way()
    {
        using var metrics = new TestMetrics();
        var cache = new TenantLru<TestKey, object>(Capacity, metrics.Runtime.FeatureCache);
        cache.Add(new TestKey(C, 0), 0, 5).Dispose();
        for (int i = 0; i < 3 * Capacity; i++) cache.Add(new TestKey(A, i), i, 1).Dispose();

        Assert.Equal((Capacity, 0), (Held(cache, A), Held(cache, C)));
    }

    [Fact]
    public void A_hold_that_was_given_back_cannot_be_shared()
    {
        using var metrics = new TestMetrics();
        CacheLease<object> lease = new TenantLru<TestKey, object>(Capacity, metrics.Runtime.FeatureCache).Add(new TestKey(A, 0), 0, 1);
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => lease.Share());
    }

    private static int Held(TenantLru<TestKey, object> cache, Tenant tenant)
    {
        int held = 0;
        for (int i = 0; i < 3 * Capacity; i++)
        {
            using CacheLease<object>? lease = cache.TryRead(new TestKey(tenant, i));
            if (lease is not null) held++;
        }

        return held;
    }

    private static MetricCollector<long> Collect(TestMetrics metrics, string what) => new(metrics.Factory, RuntimeMetrics.MeterName, $"qwenvl.feature_cache.{what}");

    private static long Sum(MetricCollector<long> collector) => collector.GetMeasurementSnapshot().Sum(measurement => measurement.Value);
}
