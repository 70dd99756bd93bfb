namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>Quantiles of few numbers.</summary>
internal static class Quantile
{
    /// <summary>The middle.</summary>
    public const double Median = 0.5;

    /// <summary>The slowest tenth begins here.</summary>
    public const double Slowest = 0.9;

    /// <summary>The number below which a share of all lie, between two of them in proportion; 0 where there is none.</summary>
    public static double Of(IEnumerable<double> numbers, double share)
    {
        double[] sorted = [.. numbers.Order()];
        if (sorted.Length == 0) return 0;
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        double next = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return sorted[below] + (at - below) * (next - sorted[below]);
    }
}
