using FsCheck.Xunit;
using QwenVl.Client;
using QwenVl.Client.Transport;

namespace QwenVl.Tests.Client.Transport;

public sealed class BackoffTests
{
    private static readonly QwenVlClientOptions Options = new() { MaxReconnects = 6, ReconnectDelay = TimeSpan.FromMilliseconds(100), MaxReconnectDelay = TimeSpan.FromSeconds(1) };

    [Property]
    public void Waits_double_up_to_the_longest_with_half_of_them_drawn_and_end()
    {
        var backoff = new Backoff(Options);
        foreach (double most in (double[])[0.1, 0.2, 0.4, 0.8, 1, 1])
            Assert.InRange(Assert.NotNull(backoff.Next(null)).TotalSeconds, most / 2, most);

        Assert.Null(backoff.Next(null));
        backoff.Progressed();
        Assert.InRange(Assert.NotNull(backoff.Next(null)).TotalSeconds, 0.05, 0.1);
    }

    [Fact]
    public void What_the_server_asks_for_is_the_least_unless_it_is_too_long()
    {
        var backoff = new Backoff(Options);

        Assert.Equal(TimeSpan.FromSeconds(7), backoff.Next(TimeSpan.FromSeconds(7)));
        Assert.InRange(Assert.NotNull(backoff.Next(TimeSpan.FromMilliseconds(1))).TotalSeconds, 0.1, 0.2);
        Assert.Null(backoff.Next(TimeSpan.FromMinutes(10)));
    }
}
