using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Benchmarks.Load.Comparison;

/// <summary>Two runs side by side.</summary>
internal static class RunComparison
{
    /// <summary>Requests that must lie beyond a percentile for it to say anything: the largest of a few times is luck.</summary>
    private const int LeastBeyond = 5;

    private sealed record Statistic(string Name, bool HigherIsBetter, Func<IReadOnlyList<RequestRow>, double, double?> Of, double Percentile = 0)
    {
        public bool Says(IReadOnlyList<RequestRow> rows) => Percentile == 0 || rows.Count(row => row.Kind == OutcomeKind.Answered) * (1 - Percentile) >= LeastBeyond;
    }

    private static readonly Statistic[] Statistics =
    [
        new("answers a second", true, (rows, seconds) => rows.Count(row => row.Kind == OutcomeKind.Answered) / seconds),
        new("goodput a second", true, (rows, seconds) => rows.Count(row => row.IsGood) / seconds),
        .. Times("first feature chunk", row => row.FirstFeaturesMs),
        .. Times("features complete", row => row.FeaturesMs),
        .. Times("first token", row => row.FirstTokenMs),
        .. Times("whole answer", row => row.EndMs),
        new("refusal, p50 ms", false, (rows, _) => GroupSummary.Percentile(rows.Where(row => row.Kind == OutcomeKind.Refused).Select(row => (double?)row.EndMs), 0.5)),
    ];

    /// <summary>Compares what both runs have.</summary>
    public static IReadOnlyList<ComparedMetric> Compare(RunDocument first, IReadOnlyList<RequestRow> firstRows, RunDocument second, IReadOnlyList<RequestRow> secondRows)
    {
        var metrics = new List<ComparedMetric>();
        foreach (Statistic statistic in Statistics)
        {
            if (!statistic.Says(firstRows) || !statistic.Says(secondRows)) continue;
            double? a = statistic.Of(firstRows, first.DurationSeconds);
            if (!(a > 0) || statistic.Of(secondRows, second.DurationSeconds) is not { } b) continue;
            (double Low, double High)? range = WindowBootstrap.Ratio(firstRows, first.DurationSeconds, secondRows, second.DurationSeconds, statistic.Of);
            metrics.Add(new ComparedMetric(statistic.Name, statistic.HigherIsBetter, a.Value, b, range?.Low, range?.High));
        }

        Add("pictures encoded a second", true, run => run.Figures.EncodedPerSecond);
        Add("pictures a run", true, run => run.Server?.MeanBatchSize);
        Add("processor seconds an answer", false, run => run.Counts.Completed > 0 ? run.Server?.CpuCores * run.DurationSeconds / run.Counts.Completed : null);
        Add("memory at the end, MiB", false, run => run.Server?.WorkingSetBytes / (1 << 20));
        return metrics;

        void Add(string name, bool higherIsBetter, Func<RunDocument, double?> value)
        {
            double? a = value(first);
            if (a > 0 && value(second) is { } b) metrics.Add(new ComparedMetric(name, higherIsBetter, a.Value, b, null, null));
        }
    }

    private static IEnumerable<Statistic> Times(string name, Func<RequestRow, double?> time) =>
        new[] { (Share: 0.5, Title: "p50"), (Share: 0.99, Title: "p99") }.Select(percentile => new Statistic(
            $"{name}, {percentile.Title} ms",
            false,
            (rows, _) => GroupSummary.Percentile(rows.Where(row => row.Kind == OutcomeKind.Answered && row.Behaviour is Behaviour.Normal or Behaviour.Local).Select(time), percentile.Share),
            percentile.Share));
}
