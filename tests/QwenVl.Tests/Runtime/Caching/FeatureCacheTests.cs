using QwenVl.Model.Vision;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Tenancy;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Runtime.Caching;

public sealed class FeatureCacheTests : IDisposable
{
    private const int EntryBytes = 4 * 4 * sizeof(float);
    private readonly TestMetrics _metrics = new();

    [Fact]
    public async Task What_was_encoded_is_held_and_costs_nothing_the_second_time()
    {
        var cache = new FeatureCache(1000, null, _metrics.Runtime);
        EncodeResult first = await GetAsync(cache, Key(1), _ => Task.FromResult(Result(1)), default);
        EncodeResult second = await GetAsync(cache, Key(1), _ => throw new InvalidOperationException("again"), default);

        Assert.Same(first.Features, second.Features);
        Assert.Equal((false, 3, true, 0), (first.WasCached, first.RunSeconds, second.WasCached, second.RunSeconds));
    }

    [Fact]
    public async Task Concurrent_misses_encode_once()
    {
        var cache = new FeatureCache(1000, null, _metrics.Runtime);
        var encoded = new TaskCompletionSource<EncodeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        int calls = 0;
        Task<EncodeResult>[] waiting = [.. Enumerable.Range(0, 8).Select(_ => GetAsync(cache, Key(1), _ => Interlocked.Increment(ref calls) > 0 ? encoded.Task : encoded.Task, default))];
        encoded.SetResult(Result(1));

        Assert.Single((await Task.WhenAll(waiting)).Select(result => result.Features).Distinct());
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task One_of_several_who_leaves_stops_nothing()
    {
        var cache = new FeatureCache(1000, null, _metrics.Runtime);
        var encoded = new TaskCompletionSource<EncodeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leave = new CancellationTokenSource();
        Task<EncodeResult> leaving = GetAsync(cache, Key(1), abandoned => encoded.Task.WaitAsync(abandoned), leave.Token);
        Task<EncodeResult> staying = GetAsync(cache, Key(1), _ => throw new InvalidOperationException("again"), default);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        encoded.SetResult(Result(1));

        Assert.NotNull(await staying);
    }

    [Fact]
    public async Task When_the_last_has_left_the_work_is_cancelled_and_begun_anew_for_the_next()
    {
        var cache = new FeatureCache(1000, null, _metrics.Runtime);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leave = new CancellationTokenSource();
        Task<EncodeResult> leaving = GetAsync(
            cache,
            Key(1),
            async abandoned =>
            {
                await using CancellationTokenRegistration _ = abandoned.Register(cancelled.SetResult);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, abandoned);
                return Result(1);
            },
            leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        EncodeResult next = await GetAsync(cache, Key(1), _ => Task.FromResult(Result(2)), default);

        await cancelled.Task.WaitAsync(Waiting.Limit);
        Assert.Equal(2, next.Features.Values[0]);
        Assert.True((await GetAsync(cache, Key(1), _ => throw new InvalidOperationException("again"), default)).WasCached);
    }

    [Fact]
    public async Task A_failure_is_everyones_and_is_not_held()
    {
        var cache = new FeatureCache(1000, null, _metrics.Runtime);
        await Assert.ThrowsAsync<IOException>(() => GetAsync(cache, Key(1), _ => throw new IOException("broken"), default));
        Assert.False((await GetAsync(cache, Key(1), _ => Task.FromResult(Result(1)), default)).WasCached);
    }

    [Fact]
    public async Task What_was_used_longest_ago_makes_room()
    {
        var cache = new FeatureCache(2 * EntryBytes, null, _metrics.Runtime);
        foreach (int picture in (int[])[1, 2, 1, 3]) await GetAsync(cache, Key(picture), _ => Task.FromResult(Result(picture)), default);

        Assert.Equal(2 * EntryBytes, cache.Bytes);
        Assert.True((await GetAsync(cache, Key(1), _ => Task.FromResult(Result(1)), default)).WasCached);
        Assert.False((await GetAsync(cache, Key(2), _ => Task.FromResult(Result(2)), default)).WasCached);
    }

    [Fact]
    public async Task A_cache_of_no_size_holds_nothing()
    {
        var cache = new FeatureCache(0, null, _metrics.Runtime);
        await GetAsync(cache, Key(1), _ => Task.FromResult(Result(1)), default);
        Assert.Equal(0, cache.Bytes);
    }

    [Fact]
    public async Task Any_difference_in_the_key_is_another_entry()
    {
        var cache = new FeatureCache(1000, null, _metrics.Runtime);
        FeatureKey key = Key(1);
        foreach (FeatureKey other in (FeatureKey[])[key, key with { Tenant = new Tenant("b") }, key with { Tower = "b" }, key with { Engine = "b" }, key with { Length = 11 }, key with { Sha256 = "2" }, key with { Grid = new ImageGrid(2, 4) }, key with { Preprocessing = "2" }])
            Assert.False((await GetAsync(cache, other, _ => Task.FromResult(Result(1)), default)).WasCached);
    }

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task Features_that_are_read_outlive_their_eviction_and_are_counted_until_the_last_reader_leaves()
    {
        var cache = new FeatureCache(EntryBytes, null, _metrics.Runtime);
        FeatureLease first = await cache.GetOrEncodeAsync(Key(1), _ => Task.FromResult(Result(1)), default);
        FeatureLease second = await cache.GetOrEncodeAsync(Key(1), _ => Task.FromResult(Result(1)), default);
        await GetAsync(cache, Key(2), _ => Task.FromResult(Result(2)), default);
        Assert.Equal((EntryBytes, EntryBytes), (cache.Bytes, cache.EvictedBytes));

        first.Dispose();
        first.Dispose();
        Assert.Equal(EntryBytes, cache.EvictedBytes);
        Assert.Equal(1, second.Result.Features.Values[0]);
        second.Dispose();
        Assert.Equal(0, cache.EvictedBytes);
    }

    [Fact]
    public async Task Work_that_everyone_left_and_that_ends_all_the_same_leaves_no_hold()
    {
        var cache = new FeatureCache(0, null, _metrics.Runtime);
        var encoded = new TaskCompletionSource<EncodeResult>();
        using var leave = new CancellationTokenSource();
        Task<FeatureLease> leaving = cache.GetOrEncodeAsync(Key(1), _ => encoded.Task, leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        encoded.SetResult(Result(1));

        await Waiting.UntilAsync(() => cache.EvictedBytes == 0, "the hold is given back");
    }

    [Fact]
    public async Task Two_tenants_that_miss_the_same_picture_at_once_encode_each_for_itself()
    {
        var cache = new FeatureCache(1000, null, _metrics.Runtime);
        var encoded = new TaskCompletionSource<EncodeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        int calls = 0;
        Task<EncodeResult> Encode(CancellationToken abandoned)
        {
            Interlocked.Increment(ref calls);
            return encoded.Task;
        }

        Task<EncodeResult>[] waiting = [.. "aabb".Select(tenant => GetAsync(cache, Key(1) with { Tenant = new Tenant($"{tenant}") }, Encode, default))];
        await Waiting.UntilAsync(() => Volatile.Read(ref calls) == 2, "both encode");
        encoded.SetResult(Result(1));
        await Task.WhenAll(waiting);

        Assert.Equal(2, calls);
    }

    private static async Task<EncodeResult> GetAsync(FeatureCache cache, FeatureKey key, Func<CancellationToken, Task<EncodeResult>> encode, CancellationToken cancellation)
    {
        using FeatureLease lease = await cache.GetOrEncodeAsync(key, encode, cancellation);
        return lease.Result;
    }

    private static FeatureKey Key(int picture) => new(Tenant.Anonymous, "a", "e", "1", $"{picture}", 10, new ImageGrid(4, 4));

    private static EncodeResult Result(int picture) => new(new ImageFeatures(new ImageGrid(4, 4), 2, 1, [.. Enumerable.Repeat((float)picture, 16)]), 1, 3, WasCached: false);
}
