using QwenVl.Model.Vision;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Encoding;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Runtime.Caching;

public sealed class FeatureCacheTests : IDisposable
{
    private const int EntryBytes = 4 * 4 * sizeof(float);
    private readonly TestMetrics _metrics = new();

    [Fact]
    public async Task What_was_encoded_is_held_and_costs_nothing_the_second_time()
    {
        var cache = new FeatureCache(1000, _metrics.Runtime);
        EncodeResult first = await cache.GetOrEncodeAsync(Key(1), _ => Task.FromResult(Result(1)), default);
        EncodeResult second = await cache.GetOrEncodeAsync(Key(1), _ => throw new InvalidOperationException("again"), default);

        Assert.Same(first.Features, second.Features);
        Assert.Equal((false, 3, true, 0), (first.WasCached, first.RunSeconds, second.WasCached, second.RunSeconds));
    }

    [Fact]
    public async Task Concurrent_misses_encode_once()
    {
        var cache = new FeatureCache(1000, _metrics.Runtime);
        var encoded = new TaskCompletionSource<EncodeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        int calls = 0;
        Task<EncodeResult>[] waiting = [.. Enumerable.Range(0, 8).Select(_ => cache.GetOrEncodeAsync(Key(1), _ => Interlocked.Increment(ref calls) > 0 ? encoded.Task : encoded.Task, default))];
        encoded.SetResult(Result(1));

        Assert.Single((await Task.WhenAll(waiting)).Select(result => result.Features).Distinct());
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task One_of_several_who_leaves_stops_nothing()
    {
        var cache = new FeatureCache(1000, _metrics.Runtime);
        var encoded = new TaskCompletionSource<EncodeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leave = new CancellationTokenSource();
        Task<EncodeResult> leaving = cache.GetOrEncodeAsync(Key(1), abandoned => encoded.Task.WaitAsync(abandoned), leave.Token);
        Task<EncodeResult> staying = cache.GetOrEncodeAsync(Key(1), _ => throw new InvalidOperationException("again"), default);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        encoded.SetResult(Result(1));

        Assert.NotNull(await staying);
    }

    [Fact]
    public async Task When_the_last_has_left_the_work_is_cancelled_and_begun_anew_for_the_next()
    {
        var cache = new FeatureCache(1000, _metrics.Runtime);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leave = new CancellationTokenSource();
        Task<EncodeResult> leaving = cache.GetOrEncodeAsync(
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
        EncodeResult next = await cache.GetOrEncodeAsync(Key(1), _ => Task.FromResult(Result(2)), default);

        await cancelled.Task.WaitAsync(Waiting.Limit);
        Assert.Equal(2, next.Features.Values[0]);
        Assert.True((await cache.GetOrEncodeAsync(Key(1), _ => throw new InvalidOperationException("again"), default)).WasCached);
    }

    [Fact]
    public async Task A_failure_is_everyones_and_is_not_held()
    {
        var cache = new FeatureCache(1000, _metrics.Runtime);
        await Assert.ThrowsAsync<IOException>(() => cache.GetOrEncodeAsync(Key(1), _ => throw new IOException("broken"), default));
        Assert.False((await cache.GetOrEncodeAsync(Key(1), _ => Task.FromResult(Result(1)), default)).WasCached);
    }

    [Fact]
    public async Task What_was_used_longest_ago_makes_room()
    {
        var cache = new FeatureCache(2 * EntryBytes, _metrics.Runtime);
        foreach (int picture in (int[])[1, 2, 1, 3]) await cache.GetOrEncodeAsync(Key(picture), _ => Task.FromResult(Result(picture)), default);

        Assert.Equal(2 * EntryBytes, cache.Bytes);
        Assert.True((await cache.GetOrEncodeAsync(Key(1), _ => Task.FromResult(Result(1)), default)).WasCached);
        Assert.False((await cache.GetOrEncodeAsync(Key(2), _ => Task.FromResult(Result(2)), default)).WasCached);
    }

    [Fact]
    public async Task A_cache_of_no_size_holds_nothing()
    {
        var cache = new FeatureCache(0, _metrics.Runtime);
        await cache.GetOrEncodeAsync(Key(1), _ => Task.FromResult(Result(1)), default);
        Assert.Equal(0, cache.Bytes);
    }

    [Fact]
    public async Task Any_difference_in_the_key_is_another_entry()
    {
        var cache = new FeatureCache(1000, _metrics.Runtime);
        FeatureKey key = Key(1);
        foreach (FeatureKey other in (FeatureKey[])[key, key with { Tower = "b" }, key with { Length = 11 }, key with { Sha256 = "2" }, key with { Grid = new ImageGrid(2, 4) }, key with { Preprocessing = "2" }])
            Assert.False((await cache.GetOrEncodeAsync(other, _ => Task.FromResult(Result(1)), default)).WasCached);
    }

    public void Dispose() => _metrics.Dispose();

    private static FeatureKey Key(int picture) => new("a", "1", $"{picture}", 10, new ImageGrid(4, 4));

    private static EncodeResult Result(int picture) => new(new ImageFeatures(new ImageGrid(4, 4), 2, 1, [.. Enumerable.Repeat((float)picture, 16)]), 1, 3, WasCached: false);
}
