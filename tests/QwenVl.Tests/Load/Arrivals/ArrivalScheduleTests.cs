using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using QwenVl.Benchmarks.Load.Arrivals;
using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Tests.Load.Arrivals;

public sealed class ArrivalScheduleTests
{
    private const int Room = 100;

    [Property(MaxTest = 50)]
    public Property Starts_ascend_within_the_length_and_follow_from_the_seed(PositiveInt rate, int seed, bool poisson)
    {
        ArrivalOptions options = Options(poisson ? ArrivalProcess.Poisson : ArrivalProcess.Constant, 1 + rate.Get % 50);
        TimeSpan length = TimeSpan.FromSeconds(20);
        TimeSpan[] once = [.. ArrivalSchedule.Draw(options, length, seed)], again = [.. ArrivalSchedule.Draw(options, length, seed)];

        return (once.SequenceEqual(again) && once.SequenceEqual(once.Order()) && once.All(start => start >= TimeSpan.Zero && start < length)).ToProperty();
    }

    [Property(MaxTest = 30)]
    public Property The_mean_rate_is_the_stated_one(PositiveInt rate, int seed)
    {
        double expected = 500.0 * (1 + rate.Get % 20);
        int count = ArrivalSchedule.Draw(Options(ArrivalProcess.Poisson, expected / 500), TimeSpan.FromSeconds(500), seed).Count();

        // Five standard deviations of a Poisson count.
        return (Math.Abs(count - expected) <= 5 * Math.Sqrt(expected)).Label($"{count} where {expected} were expected");
    }

    [Fact]
    public void Gaps_of_a_poisson_process_vary_as_much_as_their_mean()
    {
        TimeSpan[] starts = [.. ArrivalSchedule.Draw(Options(ArrivalProcess.Poisson, 10), TimeSpan.FromSeconds(2000), 3)];
        double[] gaps = [.. starts.Zip(starts.Skip(1), (a, b) => (b - a).TotalSeconds)];
        double mean = gaps.Average(), deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));

        Assert.InRange(deviation / mean, 0.95, 1.05);
    }

    [Fact]
    public void A_constant_process_has_equal_gaps_and_begins_at_once()
    {
        TimeSpan[] starts = [.. ArrivalSchedule.Draw(Options(ArrivalProcess.Constant, 4), TimeSpan.FromSeconds(2), 1)];

        Assert.Equal(Enumerable.Range(0, 8).Select(i => TimeSpan.FromMilliseconds(250 * i)), starts);
    }

    [Fact]
    public void Each_step_of_a_profile_has_its_own_rate_and_the_last_one_lasts()
    {
        var options = new ArrivalOptions(ArrivalProcess.Constant, [new RateStep(10, 10), new RateStep(10, 0), new RateStep(1, 30)], Room);
        TimeSpan[] starts = [.. ArrivalSchedule.Draw(options, TimeSpan.FromSeconds(40), 1)];

        Assert.Equal((100, 0, 600), (Within(0, 10), Within(10, 20), Within(20, 40)));
        Assert.Equal((10, 0, 30, 30), (Rate(5), Rate(15), Rate(20.5), Rate(39)));

        int Within(double from, double to) => starts.Count(start => start.TotalSeconds >= from && start.TotalSeconds < to);
        double Rate(double second) => ArrivalSchedule.RateAt(options, TimeSpan.FromSeconds(second));
    }

    private static ArrivalOptions Options(ArrivalProcess process, double rate) => new(process, [new RateStep(1, rate)], Room);
}
