using QwenVl.Benchmarks.Load.Comparison;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Tests.Load.Comparison;

public sealed class RunComparisonTests
{
    private const double Seconds = 100;

    [Fact]
    public void Two_draws_of_the_same_distribution_are_noise()
    {
        (double low, double high) = WindowBootstrap.Ratio(Rows(1, 100), Seconds, Rows(2, 100), Seconds, Median)!.Value;

        Assert.InRange(1, low, high);
        Assert.InRange(high - low, 0.001, 0.5);
    }

    [Fact]
    public void A_run_that_is_half_as_fast_is_none()
    {
        (double low, double high) = WindowBootstrap.Ratio(Rows(1, 100), Seconds, Rows(2, 200), Seconds, Median)!.Value;

        Assert.InRange(low, 1.5, 2);
        Assert.InRange(high, 2, 2.5);
    }

    [Fact]
    public void A_hiccup_of_one_window_makes_the_interval_wide()
    {
        List<RequestRow> hiccup = [.. Rows(2, 100).Select(row => row.StartSeconds is > 50 and < 55 ? row with { EndMs = 20 * row.EndMs } : row)];
        (double low, double high) = WindowBootstrap.Ratio(Rows(1, 100), Seconds, hiccup, Seconds, Mean)!.Value;

        Assert.InRange(1, low, high);
        Assert.True(high > 2, $"{high}");

        static double? Mean(IReadOnlyList<RequestRow> rows, double seconds) => rows.Average(row => row.EndMs);
    }

    [Theory]
    [InlineData(true, 10, 8, 0.25)]
    [InlineData(false, 10, 8, -0.2)]
    [InlineData(false, 10, 15, 0.5)]
    public void Worse_is_less_of_what_should_be_more_and_more_of_what_should_be_less(bool higherIsBetter, double first, double second, double worse)
    {
        Assert.Equal(worse, new ComparedMetric("x", higherIsBetter, first, second, null, null).Worse, 1e-9);
    }

    private static double? Median(IReadOnlyList<RequestRow> rows, double seconds) => rows.Count == 0 ? null : rows.Select(row => row.EndMs).Order().ElementAt(rows.Count / 2);

    private static List<RequestRow> Rows(int seed, double ms)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 2000).Select(i => new RequestRow(i, Seconds * i / 2000, 0, Behaviour.Normal, OutcomeKind.Answered, "", true, 0, null, null, null, ms * (0.5 + random.NextDouble()), 0))];
    }
}
