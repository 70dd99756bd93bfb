using QwenVl.Benchmarks.Load.Arrivals;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Server;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>Looks at client and server each second, and at the beginning and the end of the measured part.</summary>
internal sealed class Sampler(Scenario scenario, MetricsClient? metrics, RunRecorder recorder, IProgress<RunProgress> observer, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>One point each second, warm-up included.</summary>
    public List<SeriesPoint> Series { get; } = [];

    /// <summary>What the server's metrics say of the measured part; null: unknown.</summary>
    public ServerFacts? Facts { get; private set; }

    /// <summary>The server's metrics when the load began; null: unknown.</summary>
    public MetricsPage? FirstPage { get; private set; }

    /// <summary>Samples until the measured part has ended.</summary>
    /// <param name="origin">The timestamp at which the load began.</param>
    /// <param name="cancellation">Ends it before.</param>
    public async Task RunAsync(long origin, CancellationToken cancellation)
    {
        (MetricsPage? page, TimeSpan at) = await ReadAsync(origin, cancellation);
        FirstPage = page;
        (MetricsPage Page, TimeSpan At)? began = scenario.WarmUp == TimeSpan.Zero && page is not null ? (page, at) : null;
        foreach (TimeSpan next in Moments())
        {
            TimeSpan wait = scenario.WarmUp + next - time.GetElapsedTime(origin);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellation);
            (MetricsPage? newPage, TimeSpan newAt) = await ReadAsync(origin, cancellation);
            ServerFacts? facts = page is not null && newPage is not null ? ServerFacts.Between(page, newPage, newAt - at) : null;
            if (newPage is not null) (page, at) = (newPage, newAt);
            if (next == TimeSpan.Zero && newPage is not null) began = (newPage, newAt);
            if (next == scenario.Duration && newPage is not null && began is { } first) Facts = ServerFacts.Between(first.Page, newPage, newAt - first.At);

            IntervalCounts counts = recorder.TakeInterval();
            double rate = ArrivalSchedule.RateAt(scenario.Arrivals, scenario.WarmUp + next);
            Series.Add(new SeriesPoint(next.TotalSeconds, rate, counts, facts));
            observer.Report(new RunProgress(next, scenario, rate, counts, facts, recorder.ViolationCount));
        }
    }

    private async Task<(MetricsPage? Page, TimeSpan At)> ReadAsync(long origin, CancellationToken cancellation)
    {
        MetricsPage? page = metrics is null ? null : await metrics.ReadAsync(cancellation);
        return (page, time.GetElapsedTime(origin));
    }

    /// <summary>Whole seconds before and after the measured part's beginning, and its end.</summary>
    private IEnumerable<TimeSpan> Moments()
    {
        for (int second = -(int)scenario.WarmUp.TotalSeconds; second * Interval < scenario.Duration; second++)
            if (second * Interval > -scenario.WarmUp) yield return second * Interval;
        yield return scenario.Duration;
    }
}
