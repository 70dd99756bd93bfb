using QwenVl.Benchmarks.Load.Bare;
using QwenVl.Benchmarks.Load.Checking;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Server;

namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>A run as run.json holds it.</summary>
internal sealed record RunDocument
{
    /// <summary>The version of this format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>The scenario's name.</summary>
    public required string Scenario { get; init; }

    /// <summary>What it is for.</summary>
    public required string Description { get; init; }

    /// <summary>The scenario's file, as it was.</summary>
    public required string ScenarioText { get; init; }

    /// <summary>Where it ran.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>Seconds of the measured part.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Counts.</summary>
    public required RunCounts Counts { get; init; }

    /// <summary>Rates and shares that follow from counts.</summary>
    public required RunFigures Figures { get; init; }

    /// <summary>Milliseconds by kind.</summary>
    public required SortedDictionary<LatencyKind, LatencySummary> Latencies { get; init; }

    /// <summary>Requests without an answer, by reason.</summary>
    public required IReadOnlyList<ReasonSummary> Reasons { get; init; }

    /// <summary>The requests of each step of the rate; empty where it does not change.</summary>
    public required IReadOnlyList<GroupSummary> Steps { get; init; }

    /// <summary>The requests of each network; empty where there is one.</summary>
    public required IReadOnlyList<GroupSummary> Networks { get; init; }

    /// <summary>What was found wrong with answers; must be empty.</summary>
    public required SortedDictionary<Violation, long> Violations { get; init; }

    /// <summary>What the server's metrics say of the measured part; null: unknown.</summary>
    public required ServerFacts? Server { get; init; }

    /// <summary>What the server still held when all clients had gone; must be empty. Null: unknown.</summary>
    public required IReadOnlyDictionary<string, double>? Remains { get; init; }

    /// <summary>The bare backend on the same machine; empty: not measured.</summary>
    public required IReadOnlyList<BareRate> Bare { get; init; }

    /// <summary>Second by second.</summary>
    public required IReadOnlyList<SeriesPoint> Series { get; init; }

    /// <summary>Whether every answer was right and nothing was left behind.</summary>
    public bool IsRight => Violations.Count == 0 && Figures.Strays == 0 && Remains is null or { Count: 0 };

    /// <summary>Of a result.</summary>
    public static RunDocument Of(RunResult result, string scenarioText, RunEnvironment environment, IReadOnlyList<BareRate> bare) => new()
    {
        Scenario = result.Scenario.Name,
        Description = result.Scenario.Description,
        ScenarioText = scenarioText,
        Environment = environment,
        DurationSeconds = result.Scenario.Duration.TotalSeconds,
        Counts = result.Recorder.Counts,
        Figures = RunFigures.Of(result, bare),
        Latencies = new(result.Recorder.Latencies.All.ToDictionary(pair => pair.Kind, pair => LatencySummary.Of(pair.Histogram)!)),
        Reasons = [.. result.Recorder.Reasons],
        Steps = GroupSummary.OfSteps(result.Scenario, result.Recorder.Rows),
        Networks = GroupSummary.OfNetworks(result.Scenario, result.Recorder.Rows),
        Violations = new(result.Recorder.Violations.ToDictionary()),
        Server = result.Facts,
        Remains = result.Remains,
        Bare = bare,
        Series = result.Series,
    };
}
