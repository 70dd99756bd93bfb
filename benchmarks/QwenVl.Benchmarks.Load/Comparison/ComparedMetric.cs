namespace QwenVl.Benchmarks.Load.Comparison;

/// <summary>One number of two runs.</summary>
/// <param name="Name">What it is.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="First">Of the first run.</param>
/// <param name="Second">Of the second run.</param>
/// <param name="Low">The lower end of what the ratio may be by chance, with 95 % confidence; null: not known.</param>
/// <param name="High">The upper end.</param>
internal sealed record ComparedMetric(string Name, bool HigherIsBetter, double First, double Second, double? Low, double? High)
{
    /// <summary>The second run's over the first one's.</summary>
    public double Ratio => Second / First;

    /// <summary>How much worse the second run is; under 0 where it is better. 0.1: by 10 %.</summary>
    public double Worse => HigherIsBetter ? First / Second - 1 : Ratio - 1;

    /// <summary>Whether chance alone explains the difference; null: not known.</summary>
    public bool? IsNoise => Low is { } low && High is { } high ? low <= 1 && high >= 1 : null;
}
