using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Server;
using QwenVl.Benchmarks.Load.Workloads;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Load.Driving;

/// <summary>
/// Short runs over real sockets against the real server. Not beside other tests: a page of metrics is of all servers of a process,
/// and what one encodes is hidden by another that ends meanwhile and takes its counts with it.
/// </summary>
[Collection(typeof(AloneGroup))]
public sealed class LoadRunTests
{
    private const string Common = """
        "duration_s": 1, "warm_up_s": 0.5, "drain_s": 20, "pictures": { "sizes": [{ "width": 96, "height": 64 }], "motifs": 2, "repeat_ratio": 0.5 },
        """;

    [Fact]
    public async Task A_run_finds_every_answer_right_and_writes_its_report()
    {
        // A page that is given out again for 300 ms may hold nothing of a run that is hardly longer.
        await using RunningServer server = await RunningServer.StartAsync(services => services.Configure<PrometheusAspNetCoreOptions>(options => options.ScrapeResponseCacheDurationMilliseconds = 0));
        // The page of metrics is of all servers of this process: what others hold says nothing here.
        using var metrics = new MetricsClient(new Uri(server.MetricsAddress, "/metrics"));
        RunResult result = await RunAsync(server, $$"""{ {{Common}} "arrivals": { "rate": 16 }, "question": { "max_new_tokens": 6, "features": "float16" } }""", new Progress<RunProgress>(), metrics);

        RunCounts counts = result.Recorder.Counts;
        Assert.True(counts.Due >= 6, $"{counts.Due} due");
        Assert.Equal((counts.Due, 0, 0), (counts.Answered, counts.MissingTokens, counts.DuplicateTokens));
        Assert.Empty(result.Recorder.Violations);
        Assert.True(result.FeaturesCompared > 0);
        Assert.All((LatencyKind[])[LatencyKind.Upload, LatencyKind.FirstFeatures, LatencyKind.Features, LatencyKind.FirstToken, LatencyKind.Answer], kind => Assert.NotNull(result.Recorder.Latencies.Summary(kind)));
        Assert.True(result.Facts!.EncodedPictures > 0);

        using var folder = new TemporaryFolder();
        var saved = new RunFolder(folder.File("run"));
        RunDocument document = RunDocument.Of(result, "{}", RunEnvironment.Here(result.Identity, TimeProvider.System), []);
        saved.Save(document, result);
        ReportWriter.Write(saved);
        Assert.Equal(document.Counts.Answered, saved.ReadDocument().Counts.Answered);
        Assert.Equal(counts.Due, saved.ReadRows().Count);
        Assert.True(new FileInfo(saved.At("latency.svg")).Length > 0);
    }

    [Fact]
    public async Task Clients_that_crash_leave_cancel_or_take_over_leave_nothing_behind()
    {
        RunResult result = await RunAsync($$"""
            { {{Common}} "streams": "kept", "kept_streams": 3, "connections": 1, "arrivals": { "rate": 24 }, "question": { "max_new_tokens": 30, "take_over_at": 20, "features": "int8_row" },
              "shares": { "crash": 0.2, "leave": 0.2, "cancel": 0.2, "slow_reader": 0.1, "slow_reader_ms": 5, "after_ms": { "least": 0, "most": 30 } } }
            """);

        RunCounts counts = result.Recorder.Counts;
        Assert.Empty(result.Recorder.Violations);
        Assert.Equal((counts.Due, 0), (counts.Answered + counts.EndedAsPlanned + counts.Shed, result.Strays));
        Assert.Contains(Behaviour.Crash, counts.Behaviours.Keys);
    }

    [Fact]
    public async Task A_server_that_stalls_cannot_hide_it()
    {
        const int Requests = 20;
        const string Text = """{ "duration_s": 1, "warm_up_s": 0, "drain_s": 60, "pictures": { "sizes": [{ "width": 96, "height": 64 }], "motifs": 1 }, "arrivals": { "process": "constant", "rate": 20 }, "question": { "tokens": false, "features": "float16" } }""";
        using var gate = new Gate();
        await using RunningServer server = await RunningServer.StartAsync(hooks: new BackendHooks { Encoding = _ => gate.Pass() });
        Task<RunResult> running = RunAsync(server, Text, new Progress<RunProgress>());

        // A closed loop would have sent one and waited for it.
        await Waiting.UntilAsync(() => server.Live.Questions == Requests, "all requests are under way");
        gate.Open();
        RunResult result = await running;

        // The last one was due after 950 ms and came before the gate was opened: the others have waited since they were due.
        LatencySummary answers = result.Recorder.Latencies.Summary(LatencyKind.Answer)!;
        Assert.Equal(Requests, answers.Count);
        Assert.True(answers is { Max: >= 949, P50: >= 449 }, $"{answers}");
    }

    [Fact]
    public async Task More_than_the_cap_is_shed_and_does_not_wait()
    {
        RunResult result = await StalledAsync("""{ "duration_s": 1, "warm_up_s": 0.5, "drain_s": 60, "pictures": { "sizes": [{ "width": 96, "height": 64 }] }, "arrivals": { "process": "constant", "rate": 20, "max_in_flight": 1 }, "question": { "tokens": false, "features": "float16" } }""");

        RunCounts counts = result.Recorder.Counts;
        Assert.Equal((20, 20), (counts.Due, counts.Answered + counts.Shed));
        Assert.NotEqual(0, counts.Shed);
        Assert.Empty(result.Recorder.Reasons);
    }

    [Fact]
    public async Task A_refusal_is_counted_with_its_reason_and_is_no_failure()
    {
        RunResult result = await StalledAsync(
            """{ "duration_s": 1, "warm_up_s": 0.5, "drain_s": 60, "pictures": { "sizes": [{ "width": 96, "height": 64 }] }, "arrivals": { "process": "constant", "rate": 20 }, "question": { "tokens": false, "features": "float16" } }""",
            "--max-streams", "1");

        ReasonSummary reason = Assert.Single(result.Recorder.Reasons);
        Assert.Equal((OutcomeKind.Refused, "STREAM_LIMIT", result.Recorder.Counts.Refused), (reason.Kind, reason.Reason, reason.Latency.Count));
        Assert.Equal((20, 0), (result.Recorder.Counts.Answered + result.Recorder.Counts.Refused, result.Recorder.Counts.Failed));
    }

    [Fact]
    public async Task A_shaped_network_is_as_slow_as_stated()
    {
        RunResult result = await RunAsync($$"""
            { "duration_s": 1, "warm_up_s": 0, "pictures": { "none": true }, "arrivals": { "process": "constant", "rate": 4 }, "question": { "max_new_tokens": 2 },
              "networks": [{ "name": "far", "round_trip_ms": 100 }] }
            """);

        LatencySummary first = result.Recorder.Latencies.Summary(LatencyKind.FirstToken)!;
        Assert.Equal(4, first.Count);
        // Hello and question are a round trip each.
        Assert.True(first.P50 >= 199, $"{first}");
    }

    private static async Task<RunResult> RunAsync(string text)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        RunResult result = await RunAsync(server, text, new Progress<RunProgress>());
        await server.BaselineAsync();
        return result;
    }

    /// <summary>Runs against a server whose tower stands still until a second of the measured part has passed.</summary>
    private static async Task<RunResult> StalledAsync(string text, params string[] flags)
    {
        using var gate = new Gate();
        await using RunningServer server = await RunningServer.StartAsync(hooks: new BackendHooks { Encoding = _ => gate.Pass() }, flags: flags);
        return await RunAsync(server, text, new Watch(progress =>
        {
            if (progress.Elapsed >= TimeSpan.FromSeconds(1)) gate.Open();
        }));
    }

    private static Task<RunResult> RunAsync(RunningServer server, string text, IProgress<RunProgress> progress, MetricsClient? metrics = null) =>
        new LoadRun(ScenarioFile.Parse(text, "test.json"), new LoadTarget(server.GrpcAddress, metrics, null), progress, TimeProvider.System).RunAsync(CancellationToken.None);

    private sealed class Watch(Action<RunProgress> report) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => report(value);
    }
}
