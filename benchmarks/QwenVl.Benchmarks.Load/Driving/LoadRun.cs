using QwenVl.Benchmarks.Load.Checking;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Server;
using QwenVl.Benchmarks.Load.Streaming;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>
/// Runs a scenario once. The load is open: each request starts when it is due, whatever became of those before, and its
/// times count from then, so that a server that stalls cannot hide it by being asked less.
/// </summary>
/// <param name="scenario">What to do.</param>
/// <param name="target">Where.</param>
/// <param name="observer">Is told how it goes, once a second.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadRun(Scenario scenario, LoadTarget target, IProgress<RunProgress> observer, TimeProvider time)
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);

    // A server gives the same page out again for a while: 300 ms where OpenTelemetry's exporter is left as it is.
    private static readonly TimeSpan MetricsCache = TimeSpan.FromMilliseconds(500);
    private readonly RunRecorder _recorder = new(scenario);
    private readonly FeatureLedger _ledger = new();

    /// <summary>Runs it.</summary>
    /// <exception cref="Grpc.Core.RpcException">The server cannot be reached, or refuses what must be open before the first request.</exception>
    /// <exception cref="Client.QwenVlException">A device with a decoder of its own cannot be used.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancellation)
    {
        PictureLibrary? library = scenario.Pictures is { } pictures ? new PictureLibrary(pictures, scenario.Seed, Guid.NewGuid().ToString("N")) : null;
        library?.Prepare();
        using var generator = GeneratorUse.Begin();
        RunResult result = await UnderLoadAsync(library, generator, cancellation);
        // Only now that every connection is closed.
        return target.Metrics is { } metrics ? result with { Remains = await LiveStateCheck.RemainsAsync(metrics, time, cancellation) } : result;
    }

    private async Task<RunResult> UnderLoadAsync(PictureLibrary? library, GeneratorUse generator, CancellationToken cancellation)
    {
        await using var connections = new ConnectionPool(target.Server, scenario, time);
        ServerIdentity identity = await ServerIdentity.AskAsync(connections.Next(0), HandshakeTimeout, time, cancellation);
        await using LocalDevices? devices = await StartDevicesAsync(connections, identity, library, cancellation);
        await using KeptStreams? kept = scenario.Streams == StreamUse.Kept ? new KeptStreams(scenario, connections, identity, time) : null;
        if (kept is not null) await kept.OpenAsync(cancellation);
        var driver = new RequestDriver(scenario, connections, kept, identity, library, _ledger, time);
        var sampler = new Sampler(scenario, target.Metrics, _recorder, observer, time);
        long origin = time.GetTimestamp();
        Task sampled = sampler.RunAsync(origin, cancellation);
        await SendAsync(driver, devices, origin, cancellation);
        await sampled;
        TimeSpan elapsed = time.GetElapsedTime(origin);
        generator.End(elapsed);
        if (target.Metrics is not null) await Task.Delay(MetricsCache, time, cancellation);
        MetricsPage? last = target.Metrics is { } metrics ? await metrics.ReadAsync(cancellation) : null;
        double? encoded = sampler.FirstPage is { } first && last is not null ? ServerFacts.Between(first, last, elapsed).EncodedPictures : null;
        return new RunResult(scenario, identity, _recorder, sampler.Facts, encoded, sampler.Series, null, _ledger.Compared, kept?.Strays ?? 0, kept?.Reopened ?? 0, generator.Cores);
    }

    private async Task<LocalDevices?> StartDevicesAsync(ConnectionPool connections, ServerIdentity identity, PictureLibrary? library, CancellationToken cancellation)
    {
        if (scenario.Shares.Local == 0 || library is null) return null;
        string engines = target.DeviceEngines ?? throw new InvalidOperationException("A scenario with local devices was started without engines.");
        return await LocalDevices.StartAsync(scenario, connections.Address(0), engines, identity.Welcome.Limits?.MaxImagesPerStream ?? 1, library, time, cancellation);
    }

    private async Task SendAsync(RequestDriver driver, LocalDevices? devices, long origin, CancellationToken cancellation)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task>();
        foreach (PlannedRequest request in WorkloadPlan.Draw(scenario))
        {
            long due = origin + (long)(request.Start.TotalSeconds * time.TimestampFrequency);
            TimeSpan wait = time.GetElapsedTime(time.GetTimestamp(), due);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellation);
            if (!_recorder.TryBegin())
            {
                _recorder.Shed(request);
                continue;
            }

            running.RemoveAll(task => task.IsCompletedSuccessfully);
            running.Add(Task.Run(async () => _recorder.End(devices is not null && request.Behaviour == Behaviour.Local ? await devices.RunAsync(request, due, giveUp.Token) : await driver.RunAsync(request, due, giveUp.Token)), CancellationToken.None));
        }

        TimeSpan rest = scenario.WarmUp + scenario.Duration + scenario.Drain - time.GetElapsedTime(origin);
        giveUp.CancelAfter(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        await Task.WhenAll(running);
    }
}
