using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Telemetry;
using StackExchange.Redis;

namespace QwenVl.Runtime.Caching;

/// <summary>
/// Features in a server that speaks Redis' protocol, shared by several servers of this software. It may be slow, wrong or
/// gone at any time, from the start on: then lookups miss, writes are dropped, and it is used again once it answers. No
/// request waits for it longer than the read timeout. Safe for concurrent use.
/// </summary>
public sealed class SharedTier : IAsyncDisposable
{
    private const string Tier = "shared", Unreachable = "it cannot be reached", LostAgain = "it was lost again";
    private const long MaxPendingBytes = 128L << 20;
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    private readonly ConfigurationOptions _configuration;
    private readonly string _endpoints;
    private readonly TimeSpan _readTimeout;
    private readonly TimeSpan? _expiry;
    private readonly RuntimeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ResiliencePipeline _breaker;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly Channel<(FeatureKey Key, CacheLease<ImageFeatures> Features)> _writes = Channel.CreateUnbounded<(FeatureKey, CacheLease<ImageFeatures>)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _stateLock = new();
    private readonly Task _connecting;
    private readonly Task _writing;
    private volatile ConnectionMultiplexer? _connection;
    private bool? _wasUsable;
    private long _pendingBytes;

    private SharedTier(ConfigurationOptions configuration, RuntimeOptions options, RuntimeMetrics metrics, TimeProvider time, ILogger log)
    {
        (_configuration, _metrics, _time, _log) = (configuration, metrics, time, log);
        // A server that is away is asked again and again, and commands never wait for it.
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ReconnectRetryPolicy = new LinearRetry((int)ReconnectDelay.TotalMilliseconds);
        _endpoints = string.Join(", ", configuration.EndPoints.Select(Describe));
        _readTimeout = TimeSpan.FromMilliseconds(options.RedisReadTimeoutMs);
        _expiry = options.RedisTtlSeconds == 0 ? null : TimeSpan.FromSeconds(options.RedisTtlSeconds);
        _breaker = CreateBreaker();
        _connecting = Task.Run(ConnectAsync);
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Begins to connect, and waits for nothing.</summary>
    /// <returns>The tier; null where the options name no server.</returns>
    /// <exception cref="ArgumentException">The options name it in a way that cannot be read.</exception>
    public static SharedTier? Open(RuntimeOptions options, RuntimeMetrics metrics, TimeProvider time, ILogger<SharedTier> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Redis is { Length: > 0 } server ? new SharedTier(Parse(server), options, metrics, time, log) : null;
    }

    /// <summary>Whether a server and its options can be read.</summary>
    /// <returns>What is wrong with them; null where nothing is.</returns>
    public static string? Check(string server)
    {
        try
        {
            return Parse(server).EndPoints.Count == 0 ? "it names no server" : null;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException)
        {
            return unreadable.Message.ReplaceLineEndings(" ").TrimEnd('.');
        }
    }

    /// <summary>Looks features up.</summary>
    /// <param name="key">Their key.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The features; null where there are none, or none that came in time and whole.</returns>
    public async Task<ImageFeatures?> ReadAsync(FeatureKey key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(key);
        ImageFeatures? found = Database() is { } database ? await TryReadAsync(database, key, cancellation) : null;
        _metrics.FeatureCache.LookedUp(Tier, found is null ? "miss" : "hit");
        return found;
    }

    /// <summary>Writes features some time soon, or drops them where too much waits or the server is away.</summary>
    /// <param name="key">Their key.</param>
    /// <param name="features">A hold on them; owned.</param>
    public void Write(FeatureKey key, CacheLease<ImageFeatures> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (Database() is null || !TryQueue(key, features)) features.Dispose();
    }

    /// <summary>Gives up what is not written yet, and disconnects.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _ending.CancelAsync();
        await _writing;
        while (_writes.Reader.TryRead(out (FeatureKey Key, CacheLease<ImageFeatures> Features) left)) left.Features.Dispose();
        await _connecting;
        if (_connection is { } connection) await connection.DisposeAsync();
        _ending.Dispose();
    }

    private static ConfigurationOptions Parse(string server) => ConfigurationOptions.Parse(server, ignoreUnknown: false);

    // Never the options themselves, which may hold a password.
    private static string Describe(EndPoint endpoint) => endpoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : endpoint.ToString() ?? "";

    private static string NameOf(byte[] digest) => $"qwenvl:features:{StoredFeatures.Version}:{Convert.ToHexStringLower(digest)}";

    private static string ReasonOf(Exception error) => error switch
    {
        TimeoutException => SharedTierMetrics.Timeout,
        BrokenCircuitException => SharedTierMetrics.CircuitOpen,
        RedisConnectionException => SharedTierMetrics.Connection,
        _ => SharedTierMetrics.Server,
    };

    private static bool IsFailure(Exception error) => error is RedisException or TimeoutException or BrokenCircuitException or ObjectDisposedException;

    private ResiliencePipeline CreateBreaker() => new ResiliencePipelineBuilder { TimeProvider = _time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 4,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(2),
            ShouldHandle = new PredicateBuilder().Handle<RedisException>().Handle<TimeoutException>(),
            StateProvider = _circuit,
        })
        .Build();

    private async Task ConnectAsync()
    {
        try
        {
            ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(_configuration);
            _connection = connection;
            connection.ConnectionFailed += (_, failed) => StateChanged(failed.Exception?.Message ?? failed.FailureType.ToString());
            connection.ConnectionRestored += (_, _) => StateChanged(LostAgain);
            StateChanged(Unreachable);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Not a server that is away, which is waited for, but options that cannot work.
            StateChanged(error.Message);
        }
    }

    private IDatabase? Database()
    {
        if (_connection is not { } connection) return null;
        if (connection.IsConnected) return connection.GetDatabase();
        StateChanged(Unreachable);
        return null;
    }

    private bool TryQueue(FeatureKey key, CacheLease<ImageFeatures> features)
    {
        long bytes = features.Value.SizeInBytes, pending = Interlocked.Add(ref _pendingBytes, bytes);
        // One is always taken, however large it is.
        if ((pending == bytes || pending <= MaxPendingBytes) && _writes.Writer.TryWrite((key, features))) return true;
        Interlocked.Add(ref _pendingBytes, -bytes);
        _metrics.SharedTier.Failed(SharedTierMetrics.Write, SharedTierMetrics.QueueFull);
        return false;
    }

    private async Task<ImageFeatures?> TryReadAsync(IDatabase database, FeatureKey key, CancellationToken cancellation)
    {
        long start = _time.GetTimestamp();
        byte[] digest = StoredFeatures.Digest(key);
        try
        {
            using Lease<byte>? value = await _breaker.ExecuteAsync(async token => await InTimeAsync(database.StringGetLeaseAsync(NameOf(digest)), token), cancellation);
            StateChanged(LostAgain);
            _metrics.SharedTier.Ended(SharedTierMetrics.Read, _time.GetElapsedTime(start).TotalSeconds, value?.Length ?? 0);
            if (value is null) return null;
            ImageFeatures? features = StoredFeatures.Read(value.Span, digest, key.Grid);
            if (features is null) _metrics.SharedTier.Failed(SharedTierMetrics.Read, SharedTierMetrics.Damaged);
            return features;
        }
        catch (Exception error) when (IsFailure(error))
        {
            Failed(SharedTierMetrics.Read, error);
            return null;
        }
    }

    private async Task<Lease<byte>?> InTimeAsync(Task<Lease<byte>?> reply, CancellationToken cancellation)
    {
        try
        {
            return await reply.WaitAsync(_readTimeout, _time, cancellation);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            // What comes too late is given back, whatever it is.
            _ = reply.ContinueWith(
                late => late.Exception is null ? late.Result : null,
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
                .ContinueWith(late => late.Result?.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    private async Task WriteAllAsync()
    {
        try
        {
            await foreach ((FeatureKey key, CacheLease<ImageFeatures> features) in _writes.Reader.ReadAllAsync(_ending.Token))
            {
                using (features) await TryWriteAsync(key, features.Value);
                Interlocked.Add(ref _pendingBytes, -features.Value.SizeInBytes);
            }
        }
        catch (OperationCanceledException)
        {
            // The tier is being closed.
        }
    }

    private async Task TryWriteAsync(FeatureKey key, ImageFeatures features)
    {
        if (Database() is not { } database) return;
        long start = _time.GetTimestamp();
        byte[] digest = StoredFeatures.Digest(key);
        byte[] value = StoredFeatures.Write(digest, features);
        try
        {
            await _breaker.ExecuteAsync(async token => await database.StringSetAsync(NameOf(digest), value, _expiry, When.Always).WaitAsync(WriteTimeout, _time, token), _ending.Token);
            StateChanged(LostAgain);
            _metrics.SharedTier.Ended(SharedTierMetrics.Write, _time.GetElapsedTime(start).TotalSeconds, value.Length);
        }
        catch (Exception error) when (IsFailure(error))
        {
            Failed(SharedTierMetrics.Write, error);
        }
    }

    private void Failed(string operation, Exception error)
    {
        _metrics.SharedTier.Failed(operation, ReasonOf(error));
        StateChanged(error.Message);
    }

    /// <summary>Logs where the tier has become usable, or is no longer.</summary>
    private void StateChanged(string reason)
    {
        lock (_stateLock)
        {
            bool isUsable = _connection is { IsConnected: true } && _circuit.CircuitState == CircuitState.Closed;
            if (isUsable == _wasUsable || _ending.IsCancellationRequested) return;
            _wasUsable = isUsable;
            if (isUsable) _log.SharedTierInUse(_endpoints);
            else _log.SharedTierUnusable(_endpoints, reason.ReplaceLineEndings(" ").TrimEnd('.'));
        }
    }
}
