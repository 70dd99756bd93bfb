using HdrHistogram;

namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>A histogram of microseconds for each kind of latency. Used under its owner's lock.</summary>
internal sealed class LatencyHistograms
{
    private const long MostMicroseconds = 4L * 3600 * 1_000_000;
    private const int SignificantDigits = 3;
    private readonly Dictionary<LatencyKind, LongHistogram> _histograms = [];

    /// <summary>Notes a time.</summary>
    public void Add(LatencyKind kind, TimeSpan time)
    {
        if (!_histograms.TryGetValue(kind, out LongHistogram? histogram)) _histograms[kind] = histogram = Create();
        histogram.RecordValue(Math.Clamp((long)time.TotalMicroseconds, 1, MostMicroseconds));
    }

    /// <summary>The histograms that hold anything.</summary>
    public IEnumerable<(LatencyKind Kind, LongHistogram Histogram)> All => _histograms.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value));

    /// <summary>A distribution; null where nothing was noted.</summary>
    public LatencySummary? Summary(LatencyKind kind) => _histograms.TryGetValue(kind, out LongHistogram? histogram) ? LatencySummary.Of(histogram) : null;

    private static LongHistogram Create() => new(1, MostMicroseconds, SignificantDigits);
}
