using QwenVl.Benchmarks.Load.Bare;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;

namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>Rates and shares of the measured part. Null where something needed is unknown.</summary>
internal sealed record RunFigures
{
    /// <summary>Requests a second that were due.</summary>
    public required double DuePerSecond { get; init; }

    /// <summary>Answers a second that ended.</summary>
    public required double CompletedPerSecond { get; init; }

    /// <summary>Requests a second that met the service level.</summary>
    public required double GoodPerSecond { get; init; }

    /// <summary>Of requests that only ask and read, the share that met the service level.</summary>
    public required double GoodRatio { get; init; }

    /// <summary>Tokens a second.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Pictures a second that the server's towers encoded.</summary>
    public required double? EncodedPerSecond { get; init; }

    /// <summary>Runs of towers that repeated pictures saved, as a share of the repeats answered in the whole run; the mean over towers.</summary>
    public required double? SavedOfRepeats { get; init; }

    /// <summary>Pictures a second that the server's towers encoded over the bare backend's at the largest batch that was measured.</summary>
    public required double? OfBare { get; init; }

    /// <summary>MiB a minute by which the server's memory grew, by the straight line that fits best.</summary>
    public required double? MemorySlopeMibPerMinute { get; init; }

    /// <summary>Answers whose features were compared with earlier ones of the same pixels.</summary>
    public required long FeaturesCompared { get; init; }

    /// <summary>Messages about nothing that was asked; must be 0.</summary>
    public required int Strays { get; init; }

    /// <summary>Kept streams that were replaced.</summary>
    public required long StreamsReopened { get; init; }

    /// <summary>Processor cores that the load itself took.</summary>
    public required double GeneratorCores { get; init; }

    /// <summary>Of a result.</summary>
    public static RunFigures Of(RunResult result, IReadOnlyList<BareRate> bare)
    {
        RunCounts counts = result.Recorder.Counts;
        double seconds = result.Scenario.Duration.TotalSeconds;
        double? encoded = result.Facts?.EncodedPictures / result.Facts?.Seconds;
        long asked = counts.Behaviours.GetValueOrDefault(Workloads.Behaviour.Normal) + counts.Behaviours.GetValueOrDefault(Workloads.Behaviour.Local);
        return new RunFigures
        {
            DuePerSecond = counts.Due / seconds,
            CompletedPerSecond = counts.Completed / seconds,
            GoodPerSecond = counts.Good / seconds,
            GoodRatio = asked > 0 ? (double)counts.Good / asked : 0,
            TokensPerSecond = counts.Tokens / seconds,
            EncodedPerSecond = encoded,
            SavedOfRepeats = Saved(result),
            OfBare = bare.Count > 0 ? encoded / bare[^1].PicturesPerSecond : null,
            MemorySlopeMibPerMinute = Slope(result.Series),
            FeaturesCompared = result.FeaturesCompared,
            Strays = result.Strays,
            StreamsReopened = result.StreamsReopened,
            GeneratorCores = result.GeneratorCores,
        };
    }

    private static double? Saved(RunResult result)
    {
        RunCounts counts = result.Recorder.Counts;
        // Tokens and features are two towers' work.
        int towers = (result.Scenario.Question.Tokens ? 1 : 0) + (result.Scenario.Question.Features != Protos.V1.FeatureType.Unspecified ? 1 : 0);
        // What a client gave up may have been encoded, or not.
        bool isWhole = counts.Behaviours.Keys.All(behaviour => behaviour is Workloads.Behaviour.Normal or Workloads.Behaviour.Local);
        return isWhole && counts.RepeatsInAll > 0 && towers > 0 && result.EncodedInAll is { } encoded ? (counts.AnsweredInAll - encoded / towers) / counts.RepeatsInAll : null;
    }

    /// <summary>Least squares over the measured part.</summary>
    internal static double? Slope(IReadOnlyList<SeriesPoint> series)
    {
        const double MiB = 1 << 20;
        const double SecondsPerMinute = 60;
        (double X, double Y)[] points = [.. series.Where(point => point is { Second: >= 0, Server.WorkingSetBytes: not null }).Select(point => (point.Second / SecondsPerMinute, point.Server!.WorkingSetBytes!.Value / MiB))];
        if (points.Length < 2) return null;
        double x = points.Average(point => point.X), y = points.Average(point => point.Y);
        double spread = points.Sum(point => (point.X - x) * (point.X - x));
        return spread > 0 ? points.Sum(point => (point.X - x) * (point.Y - y)) / spread : null;
    }
}
