using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Server;
using QwenVl.Benchmarks.Load.Workloads;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Load.Driving;

/// <summary>Short runs over real sockets against the real server.</summary>
public sealed class LoadRunTests
{
    private const string Common = """
        "duration_s": 2, "warm_up_s": 0.5, "drain_s": 20, "pictures": { "sizes": [{ "width": 96, "height": 64 }], "motifs": 2, "repeat_ratio": 0.5 },
        """;

    [Fact]
    public async Task A_run_finds_every_answer_right_and_writes_its_report()
    {
        RunResult result = await RunAsync($$"""{ {{Common}} "arrivals": { "rate": 8 }, "question": { "max_new_tokens": 6, "features": "float16" } }""");

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
            { {{Common}} "streams": "kept", "kept_streams": 3, "connections": 1, "arrivals": { "rate": 12 }, "question": { "max_new_tokens": 30, "take_over_at": 20, "features": "int8_row" },
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
        using var gate = new Gate();
        using var opened = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        await using CancellationTokenRegistration open = opened.Token.Register(gate.Open);
        RunResult result = await RunAsync(
            $$"""{ "duration_s": 1, "warm_up_s": 0, "drain_s": 20, "pictures": { "sizes": [{ "width": 96, "height": 64 }], "motifs": 1 }, "arrivals": { "process": "constant", "rate": 20 }, "question": { "tokens": false, "features": "float16" } }""",
            new BackendHooks { Encoding = _ => gate.Pass() });

        // All twenty are due in one second, whatever the server does, and wait for the rest of it: a closed loop would have sent one.
        Assert.Equal(20, result.Recorder.Counts.Answered);
        Assert.True(result.Recorder.Latencies.Summary(LatencyKind.Answer)!.P50 > 200, $"{result.Recorder.Latencies.Summary(LatencyKind.Answer)}");
    }

    [Fact]
    public async Task What_the_cap_keeps_back_is_shed_and_refusals_have_their_reason()
    {
        RunResult result = await RunAsync(
            $$"""{ {{Common}} "connections": 1, "arrivals": { "process": "constant", "rate": 20, "max_in_flight": 4 }, "question": { "tokens": false, "features": "float16" } }""",
            new BackendHooks { Encoding = _ => Thread.SpinWait(1) },
            "--max-streams", "1");

        RunCounts counts = result.Recorder.Counts;
        Assert.Equal(counts.Due, counts.Answered + counts.Refused + counts.Shed);
        Assert.All(result.Recorder.Reasons, reason => Assert.Equal((OutcomeKind.Refused, "STREAM_LIMIT"), (reason.Kind, reason.Reason)));
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

    private static async Task<RunResult> RunAsync(string text, BackendHooks? hooks = null, params string[] flags)
    {
        Scenario scenario = ScenarioFile.Parse(text, "test.json");
        await using RunningServer server = await RunningServer.StartAsync(hooks: hooks, flags: flags);
        using var metrics = new MetricsClient(new Uri(server.MetricsAddress, "/metrics"));
        RunResult result = await new LoadRun(scenario, new LoadTarget(server.GrpcAddress, metrics, null), new Progress<RunProgress>(), TimeProvider.System).RunAsync(CancellationToken.None);
        await server.BaselineAsync();
        return result;
    }
}
