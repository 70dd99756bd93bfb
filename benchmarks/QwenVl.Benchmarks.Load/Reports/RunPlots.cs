using System.Globalization;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;
using ScottPlot;

namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>The plots of a run.</summary>
internal static class RunPlots
{
    private const int Width = 900;
    private const int Height = 420;
    private const double MiB = 1 << 20;
    private const double LeastMilliseconds = 0.01;

    private static readonly double[] Percentiles = [0, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99];
    private static readonly LatencyKind[] Shown = [LatencyKind.FirstFeatures, LatencyKind.Features, LatencyKind.FirstToken, LatencyKind.Answer, LatencyKind.Refusal];

    /// <summary>Draws all plots into the run's folder, as PNG and SVG.</summary>
    /// <returns>A title and the SVG's name each.</returns>
    public static IReadOnlyList<(string Title, string File)> Write(RunDocument run, IReadOnlyList<RequestRow> rows, RunFolder folder)
    {
        PlotFonts.Ensure();
        var written = new List<(string, string)>();
        Save("Latency by percentile", "latency", LatencyPlot(rows));
        Save("Requests a second", "rates", Over(run.Series, "requests a second", ("due", point => point.Counts.Due), ("answered", point => point.Counts.Answered), ("goodput", point => point.Counts.Good), ("refused", point => point.Counts.Refused), ("failed", point => point.Counts.Failed), ("not sent", point => point.Counts.Shed)));
        Save("Milliseconds of answers, by the second they ended in", "answers", Over(run.Series, "ms", ("p50", point => point.Counts.AnswerP50Ms), ("p99", point => point.Counts.AnswerP99Ms)));
        Save("Under way and waiting", "queues", Over(run.Series, "count", ("requests under way", point => point.Counts.InFlight), ("waiting in the server", point => point.Server?.QueueLength), ("streams", point => point.Server?.Streams)));
        Save("Pictures a run, cores", "server", Over(run.Series, "pictures, cores", ("pictures a run", point => point.Server?.MeanBatchSize), ("cores", point => point.Server?.CpuCores)));
        Save("The server's memory", "memory", Over(run.Series, "MiB", ("memory", point => point.Server?.WorkingSetBytes / MiB)));
        return written;

        void Save(string title, string name, Plot? plot)
        {
            if (plot is null) return;
            plot.Title(title);
            plot.SavePng(folder.At($"{name}.png"), Width, Height);
            plot.SaveSvg(folder.At($"{name}.svg"), Width, Height);
            written.Add((title, $"{name}.svg"));
        }
    }

    /// <summary>Percentiles on the scale of HdrHistogram: each nine has the same room. Milliseconds are logarithmic.</summary>
    private static Plot? LatencyPlot(IReadOnlyList<RequestRow> rows)
    {
        var plot = new Plot();
        foreach (LatencyKind kind in Shown)
        {
            double[] times = [.. rows.Select(row => Time(row, kind)).OfType<double>().Order()];
            if (times.Length == 0) continue;
            // No percentile finer than the count of requests.
            double[] known = [.. Percentiles.Where(percentile => percentile < 100 - 100.0 / (times.Length + 1))];
            double[] at = [.. known.Select(Nines)];
            double[] values = [.. known.Select(percentile => Math.Log10(Math.Max(LeastMilliseconds, times[(int)(percentile / 100 * times.Length)])))];
            plot.Add.Scatter(at, values).LegendText = MarkdownReport.Title(kind);
        }

        if (!plot.GetPlottables().Any()) return null;
        plot.Axes.Bottom.SetTicks([.. Percentiles.Select(Nines)], [.. Percentiles.Select(percentile => percentile.ToString(CultureInfo.InvariantCulture))]);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true, LabelFormatter = value => Numbers.Show(Math.Round(Math.Pow(10, value), 2)) };
        plot.XLabel("percentile");
        plot.YLabel("ms since due");
        plot.ShowLegend(Alignment.UpperLeft);
        return plot;
    }

    private static Plot? Over(IReadOnlyList<SeriesPoint> series, string unit, params (string Name, Func<SeriesPoint, double?> Value)[] lines)
    {
        var plot = new Plot();
        foreach ((string name, Func<SeriesPoint, double?> value) in lines)
        {
            Coordinates[] points = [.. series.Where(point => value(point) is not null).Select(point => new Coordinates(point.Second, value(point)!.Value))];
            if (points.Length == 0 || points.All(point => point.Y == 0)) continue;
            plot.Add.ScatterLine(points).LegendText = name;
        }

        if (!plot.GetPlottables().Any()) return null;
        plot.XLabel("seconds since the measured part began");
        plot.YLabel(unit);
        plot.ShowLegend(Alignment.UpperLeft);
        return plot;
    }

    private static double Nines(double percentile) => -Math.Log10(1 - percentile / 100);

    private static double? Time(RequestRow row, LatencyKind kind) => kind switch
    {
        LatencyKind.Refusal => row.Kind == OutcomeKind.Refused ? row.EndMs : null,
        _ when row.Kind != OutcomeKind.Answered => null,
        LatencyKind.FirstFeatures => row.FirstFeaturesMs,
        LatencyKind.Features => row.FeaturesMs,
        LatencyKind.FirstToken => row.FirstTokenMs,
        LatencyKind.Answer => row.EndMs,
        _ => null,
    };
}
