using Microsoft.Extensions.Time.Testing;
using QwenVl.Runtime.Decoding.Planning;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Runtime.Queueing;

public sealed class WaitingRoomTests : IDisposable
{
    private readonly TestMetrics _metrics = new();
    private readonly FakeTimeProvider _time = new();
    private readonly AdmissionPlanner<TestWork> _planner = new(new AdmissionLimits(Sequences: 100, CachedTokens: 100, QueueLength: 3));
    private readonly WaitingRoom<TestWork> _room;

    public WaitingRoomTests() => _room = new WaitingRoom<TestWork>(_planner, "test", "wait here", _metrics.Runtime, _time);

    [Fact]
    public void Whoever_is_cancelled_makes_room_at_once()
    {
        TestWork[] work = [new(), new(), new()];
        foreach (TestWork one in work) _room.Enter(one);
        Assert.Equal(RequestReason.QueueFull, Assert.Throws<RequestException>(() => _room.Enter(new TestWork())).Reason);
        work[1].Cancel();

        Assert.IsType<OperationCanceledException>(work[1].Failure);
        var late = new TestWork();
        _room.Enter(late);
        Assert.Equal([work[0], work[2], late], _room.Next(_planner.Plan, wait: false));
    }

    [Fact]
    public void Whoever_would_wait_too_long_is_refused_at_once_and_told_when_to_come_again()
    {
        var room = new WaitingRoom<TestWork>(_planner, "test", "wait here", _metrics.Runtime, _time) { MaxWait = TimeSpan.FromSeconds(4) };
        room.Rate.Record(1, TimeSpan.FromSeconds(3));
        room.Enter(new TestWork());
        room.RequireRoom();
        room.Enter(new TestWork());

        RequestException refused = Assert.Throws<RequestException>(room.RequireRoom);
        Assert.Equal((RequestReason.QueueFull, TimeSpan.FromSeconds(6)), (refused.Reason, refused.RetryAfter));
        Assert.Throws<RequestException>(() => room.Enter(new TestWork()));
        Assert.Equal(2, room.Count);
    }

    [Fact]
    public void Whoever_comes_cancelled_leaves_again()
    {
        var work = new TestWork();
        work.Cancel();
        _room.Enter(work);
        Assert.Equal((0, 1), (_room.Count, work.Ends));
    }

    [Fact]
    public void Whoever_is_taken_is_not_ended_when_cancelled_later()
    {
        var work = new TestWork();
        _room.Enter(work);
        Assert.Same(work, Assert.Single(_room.Next(_planner.Plan, wait: false)));
        work.Cancel();
        Assert.Equal(0, work.Ends);
    }

    [Fact]
    public void What_is_late_is_dropped_though_nobody_has_cancelled_it()
    {
        var terms = new RequestTerms { Deadline = _time.GetUtcNow() + TimeSpan.FromSeconds(2) };
        Assert.Equal(2, _room.ExpiryOf(terms)!.Value.TotalSeconds);
        TestWork late = new(expires: 2), other = new();
        _room.Enter(late);
        _room.Enter(other);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Same(other, Assert.Single(_room.Next(_planner.Plan, wait: true)));
        Assert.Equal(RequestError.DeadlineExceeded, Assert.IsType<RequestException>(late.Failure).Error);
    }

    [Fact]
    public void Whoever_finds_it_full_is_told_when_it_will_not_be()
    {
        _room.Rate.Record(1, TimeSpan.FromSeconds(4));
        for (int i = 0; i < 3; i++) _room.Enter(new TestWork());
        Assert.Equal(TimeSpan.FromSeconds(12), Assert.Throws<RequestException>(() => _room.Enter(new TestWork())).RetryAfter);
    }

    [Fact]
    public async Task A_closed_room_takes_nobody_in_and_ends_the_rest()
    {
        Task<IReadOnlyList<TestWork>> waiting = Task.Run(() => _room.Next(_planner.Plan, wait: true));
        var first = new TestWork();
        _room.Enter(first);
        Assert.Same(first, Assert.Single(await waiting.WaitAsync(Waiting.Limit)));
        var rest = new TestWork();
        _room.Enter(rest);
        _room.Close();

        Assert.Empty(_room.Next(_planner.Plan, wait: true));
        Assert.Equal(RequestReason.Ending, Assert.Throws<RequestException>(() => _room.Enter(new TestWork())).Reason);
        _room.Empty();
        Assert.Equal(RequestReason.Ending, Assert.IsType<RequestException>(rest.Failure).Reason);
    }

    public void Dispose() => _metrics.Dispose();
}
