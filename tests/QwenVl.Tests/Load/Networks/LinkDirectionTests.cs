using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using QwenVl.Benchmarks.Load.Networks;

namespace QwenVl.Tests.Load.Networks;

public sealed class LinkDirectionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Bytes_leave_at_the_links_rate_after_the_time_of_travel()
    {
        var link = new LinkDirection(1000, TimeSpan.FromMilliseconds(50), 0, TimeSpan.Zero, new Random(1));

        Assert.Equal(TimeSpan.FromMilliseconds(550), link.Take(TimeSpan.Zero, 500));
        // They wait for those before them, and travel at the same time.
        Assert.Equal(TimeSpan.FromMilliseconds(1550), link.Take(TimeSpan.Zero, 1000));
        // A link that was idle owes nothing.
        Assert.Equal(TimeSpan.FromMilliseconds(10_150), link.Take(10 * Second, 100));
    }

    [Fact]
    public void Without_a_rate_only_the_time_of_travel_counts()
    {
        var link = new LinkDirection(0, TimeSpan.FromMilliseconds(50), 0, TimeSpan.Zero, new Random(1));

        Assert.Equal(TimeSpan.FromMilliseconds(50), link.Take(TimeSpan.Zero, 1_000_000));
    }

    [Fact]
    public void A_stall_holds_back_what_follows()
    {
        var link = new LinkDirection(0, TimeSpan.Zero, 1, Second, new Random(1));
        TimeSpan first = link.Take(TimeSpan.Zero, 1);
        var calm = new LinkDirection(0, TimeSpan.Zero, 0, Second, new Random(1));

        Assert.Equal(Second, first);
        Assert.Equal(TimeSpan.Zero, calm.Take(TimeSpan.Zero, 1));
    }

    [Fact]
    public void Stalls_are_as_frequent_as_stated()
    {
        var link = new LinkDirection(0, TimeSpan.Zero, 0.1, TimeSpan.FromMilliseconds(1), new Random(1));
        int stalled = Enumerable.Range(0, 5000).Count(i => link.Take(i * Second, LinkDirection.SegmentBytes) > i * Second);

        Assert.InRange(stalled, 430, 570);
    }

    [Property(MaxTest = 100)]
    public Property Nothing_overtakes_and_nothing_is_faster_than_the_link(int seed, PositiveInt rate)
    {
        var random = new Random(seed);
        double bytesPerSecond = 1 + rate.Get;
        var link = new LinkDirection(bytesPerSecond, TimeSpan.FromMilliseconds(20), 0.2, TimeSpan.FromMilliseconds(300), new Random(seed));
        TimeSpan now = TimeSpan.Zero, last = TimeSpan.Zero;
        long total = 0;
        for (int i = 0; i < 50; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(100));
            int bytes = random.Next(1, 5000);
            total += bytes;
            TimeSpan leaves = link.Take(now, bytes);
            // A tick is lost to rounding with each segment.
            if (leaves < last || leaves < now + TimeSpan.FromMilliseconds(20) || leaves.TotalSeconds < total / bytesPerSecond - 0.001) return false.ToProperty();
            last = leaves;
        }

        return true.ToProperty();
    }
}
