using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using QwenVl.Benchmarks.Load.Saturation;

namespace QwenVl.Tests.Load.Saturation;

public sealed class SaturationSearchTests
{
    private const double Precision = 0.05;

    [Property(MaxTest = 200)]
    public Property The_highest_rate_that_holds_is_found_from_wherever_the_search_starts(PositiveInt capacity, PositiveInt start)
    {
        double most = capacity.Get;
        var search = new SaturationSearch(start.Get, Precision, maxSteps: 100);
        while (search.Next is { } rate) search.Tried(rate <= most);

        return (search.Holds <= most && search.Holds >= most * (1 - Precision) - 1e-9 && !search.IsCutShort).Label($"{search.Holds} of {most}");
    }

    [Fact]
    public void A_server_that_holds_nothing_ends_the_search()
    {
        var search = new SaturationSearch(8, Precision, maxSteps: 5);
        var rates = new List<double>();
        while (search.Next is { } rate)
        {
            rates.Add(rate);
            search.Tried(false);
        }

        Assert.Equal([8, 4, 2, 1, 0.5], rates);
        Assert.Equal((null, true), (search.Holds, search.IsCutShort));
    }

    [Fact]
    public void It_doubles_until_it_breaks_and_then_halves_the_interval()
    {
        var search = new SaturationSearch(2, Precision, maxSteps: 6);
        var rates = new List<double>();
        while (search.Next is { } rate)
        {
            rates.Add(rate);
            search.Tried(rate < 11);
        }

        Assert.Equal([2, 4, 8, 16, 12, 10], rates);
    }
}
