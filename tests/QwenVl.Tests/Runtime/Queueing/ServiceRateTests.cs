using QwenVl.Runtime.Queueing;

namespace QwenVl.Tests.Runtime.Queueing;

public sealed class ServiceRateTests
{
    private readonly ServiceRate _rate = new();

    [Fact]
    public void What_was_never_measured_is_a_second()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), _rate.RetryAfter(100));
    }

    [Fact]
    public void The_wait_is_as_long_as_the_queue_takes()
    {
        _rate.Record(8, TimeSpan.FromSeconds(2));
        Assert.Equal(2.5, _rate.RetryAfter(10).TotalSeconds, 6);
    }

    [Fact]
    public void A_rate_that_changes_is_followed()
    {
        _rate.Record(1, TimeSpan.FromSeconds(10));
        for (int i = 0; i < 100; i++) _rate.Record(1, TimeSpan.FromSeconds(0.1));
        Assert.InRange(_rate.RetryAfter(10).TotalSeconds, 1, 1.01);
    }

    [Theory]
    [InlineData(1, 0.000001, 0.05)]
    [InlineData(10_000, 10, 60)]
    public void The_wait_is_neither_none_nor_endless(int waiting, double seconds, double expected)
    {
        _rate.Record(1, TimeSpan.FromSeconds(seconds));
        Assert.Equal(expected, _rate.RetryAfter(waiting).TotalSeconds);
    }
}
