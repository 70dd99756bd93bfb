using HdrHistogram;

namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>A distribution in milliseconds.</summary>
internal sealed record LatencySummary(long Count, double Mean, double P50, double P90, double P95, double P99, double P999, double Max)
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>Of a histogram of microseconds; null where it is empty.</summary>
    public static LatencySummary? Of(HistogramBase histogram)
    {
        if (histogram.TotalCount == 0) return null;
        return new LatencySummary(histogram.TotalCount, histogram.GetMean() / MicrosecondsPerMillisecond, At(50), At(90), At(95), At(99), At(99.9), At(100));

        double At(double percentile) => histogram.GetValueAtPercentile(percentile) / MicrosecondsPerMillisecond;
    }
}
