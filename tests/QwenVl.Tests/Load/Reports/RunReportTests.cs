using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Server;

namespace QwenVl.Tests.Load.Reports;

public sealed class RunReportTests
{
    [Fact]
    public void Memorys_slope_is_that_of_the_measured_part()
    {
        SeriesPoint[] series = [.. Enumerable.Range(-10, 130).Select(second => Point(second, second < 0 ? 9e9 : (300 + 0.5 * second) * (1 << 20)))];

        Assert.Equal(30, RunFigures.Slope(series)!.Value, 1e-6);
        Assert.Null(RunFigures.Slope(series[..11]));
    }

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0")]
    [InlineData(0.1234, "0.123")]
    [InlineData(12.345, "12.3")]
    [InlineData(1234.5, "1,234")]
    public void Numbers_have_the_digits_that_matter(double? number, string text)
    {
        Assert.Equal(text, Numbers.Show(number));
    }

    private static SeriesPoint Point(double second, double bytes) => new(second, 1, new IntervalCounts(), new ServerFacts { Seconds = 1, WorkingSetBytes = bytes });
}
