using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Telemetry;
using QwenVl.Runtime.Tenancy;
using QwenVl.Tests.Server.Fakes;
using StackExchange.Redis;

namespace QwenVl.Tests.Runtime.Caching;

/// <summary>Against a real server, which lives and dies.</summary>
public sealed class SharedTierTests : IDisposable
{
    private static readonly FeatureKey Key = new(new Tenant("a"), "tower", "engine", "1", "00", 10, new ImageGrid(4, 4));
    private readonly TestMetrics _metrics = new();
    private readonly MetricCollector<double> _durations;
    private readonly MetricCollector<long> _errors;
    private readonly FakeLogger<SharedTier> _log = new();
    private readonly LoopbackRedis _redis = new();

    public SharedTierTests()
    {
        _durations = new MetricCollector<double>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.shared_tier.duration");
        _errors = new MetricCollector<long>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.shared_tier.errors");
    }

    [Fact]
    public async Task What_one_server_encodes_another_reads_bit_for_bit()
    {
        _redis.Start();
        await using SharedTier one = await OpenAsync(), two = await OpenAsync();
        float[] values = [.. Enumerable.Range(0, 16).Select(i => i / 3f)];
        EncodeResult written = await EncodedAsync(one, Key, values);
        await Waiting.UntilAsync(() => Writes() == 1, "it is written");
        EncodeResult read = await EncodedAsync(two, Key, null);

        Assert.Equal((false, true), (written.WasCached, read.WasCached));
        Assert.Equal(values, read.Features.Values);
        Assert.Equal((0, 0), (read.QueueSeconds, read.RunSeconds));
    }

    [Fact]
    public async Task Tenant_b_never_hits_tenant_a()
    {
        _redis.Start();
        await using SharedTier tier = await OpenAsync();
        await WriteAsync(tier, Key);

        Assert.NotNull(await tier.ReadAsync(Key, default));
        Assert.Null(await tier.ReadAsync(Key with { Tenant = new Tenant("b") }, default));
    }

    [Fact]
    public async Task A_server_that_is_killed_means_misses_and_is_used_again_when_it_is_back()
    {
        _redis.Start();
        await using SharedTier tier = await OpenAsync();
        await WriteAsync(tier, Key);
        _redis.Kill();
        await Waiting.UntilAsync(() => Said(LogLevel.Warning) == 1, "the loss is logged");
        for (int i = 0; i < 20; i++) Assert.Null(await tier.ReadAsync(Key, default));
        Assert.False((await EncodedAsync(tier, Key, new float[16])).WasCached);

        _redis.Start();
        await Waiting.UntilAsync(() => Said(LogLevel.Information) == 2, "it is in use again");
        Assert.Null(await tier.ReadAsync(Key, default));
        await WriteAsync(tier, Key);
        Assert.NotNull(await tier.ReadAsync(Key, default));
        Assert.Equal((1, 2), (Said(LogLevel.Warning), Said(LogLevel.Information)));
    }

    [Fact]
    public async Task A_server_that_is_not_there_at_start_means_misses_until_it_comes()
    {
        await using SharedTier tier = Begin();
        Assert.Null(await tier.ReadAsync(Key, default));
        await Waiting.UntilAsync(() => Said(LogLevel.Warning) == 1, "its absence is logged");
        Assert.False((await EncodedAsync(tier, Key, new float[16])).WasCached);

        _redis.Start();
        await Waiting.UntilAsync(() => Said(LogLevel.Information) == 1, "it is in use");
        await WriteAsync(tier, Key);
        Assert.NotNull(await tier.ReadAsync(Key, default));
    }

    [Fact]
    public async Task Values_that_are_damaged_or_cut_or_no_value_at_all_are_misses()
    {
        _redis.Start();
        await using SharedTier tier = await OpenAsync();
        await WriteAsync(tier, Key);
        await using ConnectionMultiplexer direct = await ConnectionMultiplexer.ConnectAsync(_redis.Address);
        IDatabase database = direct.GetDatabase();
        string name = $"qwenvl:features:{StoredFeatures.Version}:{Convert.ToHexStringLower(StoredFeatures.Digest(Key))}";
        byte[] good = (byte[])(await database.StringGetAsync(name))!;
        byte[] damaged = [.. good];
        damaged[^10] ^= 1;
        foreach (byte[] bad in (byte[][])[damaged, good[..^1], [], [1, 2, 3]])
        {
            await database.StringSetAsync(name, bad);
            Assert.Null(await tier.ReadAsync(Key, default));
        }

        await database.KeyDeleteAsync(name);
        await database.ListLeftPushAsync(name, "no string");
        Assert.Null(await tier.ReadAsync(Key, default));
        await database.KeyDeleteAsync(name);
        await database.StringSetAsync(name, good);
        Assert.NotNull(await tier.ReadAsync(Key, default));
    }

    [Fact]
    public async Task Values_expire_as_told()
    {
        _redis.Start();
        await using SharedTier tier = await OpenAsync(options => options.RedisTtlSeconds = 1000);
        await WriteAsync(tier, Key);
        await using ConnectionMultiplexer direct = await ConnectionMultiplexer.ConnectAsync(_redis.Address);
        TimeSpan? left = await direct.GetDatabase().KeyTimeToLiveAsync($"qwenvl:features:{StoredFeatures.Version}:{Convert.ToHexStringLower(StoredFeatures.Digest(Key))}");

        Assert.InRange(left!.Value.TotalSeconds, 900, 1000);
    }

    [Fact]
    public async Task A_server_that_hangs_costs_a_few_read_timeouts_and_then_nothing()
    {
        _redis.Start();
        using var hose = new Hose(_redis.Port);
        await using SharedTier tier = await OpenAsync(options => options.Redis = $"127.0.0.1:{hose.Port},connectTimeout=500");
        await WriteAsync(tier, Key);
        hose.Stop();
        for (int i = 0; i < 30; i++) Assert.Null(await tier.ReadAsync(Key, default));

        // The breaker opens after four; while it is open nobody waits.
        Assert.InRange(Errors("timeout"), 1, 12);
        Assert.InRange(Errors("circuit_open"), 1, 29);
        hose.Go();
        using var patience = new CancellationTokenSource(Waiting.Limit);
        while (await tier.ReadAsync(Key, patience.Token) is null) await Task.Yield();
    }

    [Fact]
    public async Task Who_gives_up_does_not_wait_for_the_tier()
    {
        _redis.Start();
        using var hose = new Hose(_redis.Port);
        await using SharedTier tier = await OpenAsync(options => (options.Redis, options.RedisReadTimeoutMs) = ($"127.0.0.1:{hose.Port},connectTimeout=500", 60_000));
        hose.Stop();
        using var leave = new CancellationTokenSource();
        Task<ImageFeatures?> reading = tier.ReadAsync(Key, leave.Token);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Waiting.Limit));
    }

    [Theory]
    [InlineData("localhost:6379", null)]
    [InlineData("localhost:6379,ssl=true,user=me", null)]
    [InlineData("localhost:6379,nonsense=1", "nonsense")]
    [InlineData("localhost:6379,ssl=perhaps", "ssl")]
    [InlineData(",ssl=true", "no server")]
    public void Options_that_cannot_be_read_are_told_of(string server, string? mistake)
    {
        string? told = SharedTier.Check(server);
        if (mistake is null) Assert.Null(told);
        else Assert.Contains(mistake, told, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose()
    {
        _redis.Dispose();
        _durations.Dispose();
        _errors.Dispose();
        _metrics.Dispose();
    }

    private SharedTier Begin(Action<RuntimeOptions>? configure = null)
    {
        // A busy machine takes longer than any network: only the tests of timeouts have short ones.
        var options = new RuntimeOptions { Redis = _redis.Address, RedisReadTimeoutMs = configure is null ? 5000 : 50 };
        configure?.Invoke(options);
        return SharedTier.Open(options, _metrics.Runtime, TimeProvider.System, _log)!;
    }

    private async Task<SharedTier> OpenAsync(Action<RuntimeOptions>? configure = null)
    {
        int before = Said(LogLevel.Information);
        SharedTier tier = Begin(configure);
        await Waiting.UntilAsync(() => Said(LogLevel.Information) > before, "it is connected");
        return tier;
    }

    private async Task<EncodeResult> EncodedAsync(SharedTier tier, FeatureKey key, float[]? values)
    {
        using FeatureLease lease = await new FeatureCache(1000, tier, _metrics.Runtime).GetOrEncodeAsync(
            key, _ => Task.FromResult(new EncodeResult(new ImageFeatures(key.Grid, 2, 1, values ?? throw new InvalidOperationException("encoded again")), 1, 1, WasCached: false)), default);
        return lease.Result;
    }

    private async Task WriteAsync(SharedTier tier, FeatureKey key)
    {
        int before = Writes();
        await EncodedAsync(tier, key, [.. Enumerable.Range(0, 16).Select(i => i / 3f)]);
        await Waiting.UntilAsync(() => Writes() > before, "it is written");
    }

    private int Writes() => _durations.GetMeasurementSnapshot().Count(measurement => measurement.Tags["operation"] is "write");

    private int Errors(string reason) => _errors.GetMeasurementSnapshot().Count(measurement => measurement.Tags["reason"] as string == reason);

    private int Said(LogLevel level) => _log.Collector.GetSnapshot().Count(record => record.Level == level);
}
