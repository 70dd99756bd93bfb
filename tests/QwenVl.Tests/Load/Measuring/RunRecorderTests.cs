using QwenVl.Benchmarks.Load.Checking;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Tests.Load.Measuring;

public sealed class RunRecorderTests
{
    private static readonly Scenario Scenario = ScenarioFile.Parse("""{ "duration_s": 10, "warm_up_s": 5, "arrivals": { "max_in_flight": 2 }, "slo": { "answer_ms": 100 } }""", "x.json");

    private readonly RunRecorder _recorder = new(Scenario);

    [Fact]
    public void Only_requests_of_the_measured_part_count()
    {
        End(Outcome(start: 4.9, ms: 50));
        End(Outcome(start: 5, ms: 50));
        End(Outcome(start: 14.99, ms: 50));

        Assert.Equal((2, 2, 2), (_recorder.Counts.Due, _recorder.Counts.Answered, _recorder.Counts.Good));
        // The first ended before the measured part, the last one after it.
        Assert.Equal(1, _recorder.Counts.Completed);
        Assert.Equal(2, _recorder.Latencies.Summary(LatencyKind.Answer)!.Count);
    }

    [Fact]
    public void A_request_without_an_answer_counts_with_the_time_it_waited()
    {
        End(Outcome(start: 6, ms: 9000) with { Kind = OutcomeKind.TimedOut, Reason = "DEADLINE" });

        Assert.InRange(_recorder.Latencies.Summary(LatencyKind.Answer)!.Max, 8990, 9010);
        Assert.Equal(("DEADLINE", 0L), (Assert.Single(_recorder.Reasons).Reason, _recorder.Counts.Good));
    }

    [Fact]
    public void Goodput_asks_for_a_right_answer_in_time()
    {
        End(Outcome(start: 6, ms: 99));
        End(Outcome(start: 6, ms: 101));
        End(Outcome(start: 6, ms: 10) with { Violations = [Violation.WrongFeatures] });
        End(Outcome(start: 6, ms: 10) with { Kind = OutcomeKind.Refused, Reason = "QUEUE_FULL", HasRetry = true });

        Assert.Equal((3, 1, 1, 1), (_recorder.Counts.Answered, _recorder.Counts.Good, _recorder.Counts.Refused, _recorder.Counts.RefusedWithRetry));
        Assert.Equal(1, _recorder.Violations[Violation.WrongFeatures]);
        Assert.Equal(10, _recorder.Latencies.Summary(LatencyKind.Refusal)!.P50, 1.0);
    }

    [Fact]
    public void More_than_the_cap_is_shed_and_never_waits()
    {
        Assert.True(_recorder.TryBegin());
        Assert.True(_recorder.TryBegin());
        Assert.False(_recorder.TryBegin());
        _recorder.Shed(Request(6));
        _recorder.End(Outcome(start: 6, ms: 1));

        Assert.True(_recorder.TryBegin());
        Assert.Equal((1, 2), (_recorder.Counts.Shed, _recorder.InFlight));
    }

    [Fact]
    public void Clients_that_misbehave_have_no_say_in_latencies()
    {
        End(Outcome(start: 6, ms: 50, Behaviour.SlowReader));
        End(Outcome(start: 6, ms: 50, Behaviour.Crash) with { Kind = OutcomeKind.EndedAsPlanned });

        Assert.Null(_recorder.Latencies.Summary(LatencyKind.Answer));
        Assert.Equal((1, 1), (_recorder.Counts.Answered, _recorder.Counts.EndedAsPlanned));
    }

    [Fact]
    public void A_row_survives_its_file()
    {
        RequestRow row = RequestRow.Of(Outcome(start: 6, ms: 12.5) with { FirstToken = TimeSpan.FromMilliseconds(3.25), Tokens = 4, Reason = "X" }, good: true, Scenario.WarmUp);

        Assert.Equal(row, RequestRow.Parse(row.ToLine()));
        Assert.Equal((1.0, null), (row.StartSeconds, row.FeaturesMs));
        Assert.Throws<FormatException>(() => RequestRow.Parse("1,2,3"));
    }

    [Fact]
    public void Steps_and_networks_are_counted_apart()
    {
        Scenario scenario = ScenarioFile.Parse(
            """{ "duration_s": 10, "warm_up_s": 5, "arrivals": { "steps": [{ "seconds": 9, "rate": 1 }, { "seconds": 2, "rate": 3 }, { "seconds": 1, "rate": 2 }] }, "networks": [{ "name": "a" }, { "name": "b", "round_trip_ms": 1 }] }""", "x.json");
        RequestRow row = RequestRow.Of(Outcome(start: 6, ms: 10), good: true, scenario.WarmUp);
        RequestRow[] rows = [row, row with { StartSeconds = 4.5, Network = 1, Kind = OutcomeKind.Refused, IsGood = false, EndMs = 7 }, row with { StartSeconds = 5.9 }, row with { StartSeconds = 9 }];

        GroupSummary[] steps = [.. GroupSummary.OfSteps(scenario, rows)], networks = [.. GroupSummary.OfNetworks(scenario, rows)];

        Assert.Equal([("0 to 4 s, 1 a second", 0.25, 0.0), ("4 to 6 s, 3 a second", 1.0, 0.5), ("6 to 10 s, 2 a second", 0.25, 0.0)], steps.Select(step => (step.Name, step.DuePerSecond, step.RefusedPerSecond)));
        Assert.Equal((7.0, 0.5), (steps[1].RefusalP50Ms, steps[1].GoodPerSecond));
        Assert.Equal([("a", 0.3, 10.0), ("b", 0.1, null as double?)], networks.Select(network => (network.Name, network.DuePerSecond, network.AnswerP50Ms)));
        Assert.Empty(GroupSummary.OfSteps(Scenario, rows));
        Assert.Empty(GroupSummary.OfNetworks(Scenario, rows));
    }

    private void End(RequestOutcome outcome)
    {
        Assert.True(_recorder.TryBegin());
        _recorder.End(outcome);
    }

    private static RequestOutcome Outcome(double start, double ms, Behaviour behaviour = Behaviour.Normal) =>
        new() { Request = Request(start, behaviour), Kind = OutcomeKind.Answered, End = TimeSpan.FromMilliseconds(ms) };

    private static PlannedRequest Request(double start, Behaviour behaviour = Behaviour.Normal) =>
        new(0, TimeSpan.FromSeconds(start), start >= 5, null, "?", 1, behaviour, TimeSpan.Zero, 0);
}
