using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;

namespace QwenVl.Tests.Runtime.Queueing;

public sealed class WaitingLineTests
{
    private readonly List<int> _left = [];

    [Fact]
    public void Items_are_taken_in_the_order_they_came()
    {
        WaitingLine<int> line = Line();
        foreach (int item in (int[])[1, 2, 3]) Assert.True(line.TryAdd(item, default));
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(_ => line.TryTake(out int item, TimeSpan.Zero) ? item : -1));
        Assert.False(line.TryTake(out _, TimeSpan.Zero));
    }

    [Fact]
    public void Whoever_is_cancelled_makes_room_at_once()
    {
        WaitingLine<int> line = Line();
        using var leave = new CancellationTokenSource();
        line.TryAdd(1, default);
        line.TryAdd(2, leave.Token);
        line.TryAdd(3, default);
        Assert.False(line.TryAdd(4, default));
        leave.Cancel();

        Assert.Equal([2], _left);
        Assert.True(line.TryAdd(4, default));
        Assert.Equal([1, 3, 4], Enumerable.Range(0, 3).Select(_ => line.TryTake(out int item, TimeSpan.Zero) ? item : -1));
    }

    [Fact]
    public void Whoever_comes_cancelled_leaves_again()
    {
        WaitingLine<int> line = Line();
        Assert.True(line.TryAdd(1, new CancellationToken(canceled: true)));
        Assert.Equal((0, 1), (line.Count, _left.Count));
    }

    [Fact]
    public void Whoever_is_taken_is_not_told_of_when_cancelled_later()
    {
        WaitingLine<int> line = Line();
        using var leave = new CancellationTokenSource();
        line.TryAdd(1, leave.Token);
        line.TryTake(out _, TimeSpan.Zero);
        leave.Cancel();
        Assert.Empty(_left);
    }

    [Fact]
    public async Task A_closed_line_takes_nobody_in_and_lets_the_rest_out()
    {
        WaitingLine<int> line = Line();
        Task<bool> waiting = Task.Run(() => line.TryTake(out _, Timeout.InfiniteTimeSpan));
        line.TryAdd(1, default);
        Assert.True(await waiting);
        line.TryAdd(2, default);
        line.Close();

        Assert.Equal(RequestReason.Ending, Assert.Throws<RequestException>(() => line.TryAdd(3, default)).Reason);
        Assert.True(line.TryTake(out _, Timeout.InfiniteTimeSpan));
        Assert.False(line.TryTake(out _, Timeout.InfiniteTimeSpan));
    }

    private WaitingLine<int> Line() => new(capacity: 3, _left.Add);
}
