using FsCheck.Xunit;
using QwenVl.Runtime.Preprocessing.Memory;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Runtime.Preprocessing.Memory;

public sealed class ByteLedgerTests
{
    private long _changes;

    [Fact]
    public async Task What_does_not_fit_waits_in_order_and_a_small_one_does_not_pass_a_large_one()
    {
        ByteLedger ledger = Ledger(100);
        ByteReservation first = await ledger.ReserveAsync(60, default);
        Task<ByteReservation> large = ledger.ReserveAsync(90, default), small = ledger.ReserveAsync(10, default);
        Assert.Equal((60, 2), (ledger.Held, ledger.Waiting));
        first.Dispose();
        using (ByteReservation held = await large.WaitAsync(Waiting.Limit))
        using (ByteReservation beside = await small.WaitAsync(Waiting.Limit)) Assert.Equal(100, ledger.Held);
        Assert.Equal((0, 0), (ledger.Held, Interlocked.Read(ref _changes)));
    }

    [Fact]
    public async Task Who_leaves_lets_those_behind_it_through()
    {
        ByteLedger ledger = Ledger(100);
        using ByteReservation first = await ledger.ReserveAsync(60, default);
        using var leave = new CancellationTokenSource();
        Task<ByteReservation> large = ledger.ReserveAsync(90, leave.Token), small = ledger.ReserveAsync(40, default);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        using ByteReservation held = await small.WaitAsync(Waiting.Limit);
        Assert.Equal(100, ledger.Held);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ledger.ReserveAsync(1, leave.Token));
    }

    [Fact]
    public async Task What_can_never_fit_is_told_at_once() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Ledger(100).ReserveAsync(101, default));

    [Fact]
    public async Task A_part_is_given_back_on_its_own_and_nothing_twice()
    {
        ByteLedger ledger = Ledger(100);
        ByteReservation whole = await ledger.ReserveAsync(100, default), part = whole.Split(30);
        Assert.Throws<InvalidOperationException>(() => whole.Split(71));
        whole.Dispose();
        whole.Dispose();
        Assert.Equal(30, ledger.Held);
        part.Dispose();
        part.Dispose();
        Assert.Equal(0, ledger.Held);
    }

    [Property(MaxTest = 30)]
    public async Task Under_any_load_the_limit_holds_everyone_is_served_or_leaves_and_all_comes_back(int seed)
    {
        const int Capacity = 1000;
        ByteLedger ledger = Ledger(Capacity);
        Task[] users = [.. Enumerable.Range(0, 16).Select(user => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, user));
            for (int i = 0; i < 30; i++)
            {
                using var leave = new CancellationTokenSource();
                Task<ByteReservation> asked = ledger.ReserveAsync(random.Next(0, Capacity + 1), leave.Token);
                if (random.Next(3) == 0) await leave.CancelAsync();
                try
                {
                    using ByteReservation mine = await asked.WaitAsync(Waiting.Limit);
                    Assert.InRange(ledger.Held, mine.Bytes, Capacity);
                    await Task.Yield();
                }
                catch (OperationCanceledException)
                {
                    Assert.True(leave.IsCancellationRequested);
                }
            }
        }))];
        await Task.WhenAll(users);
        Assert.Equal((0, 0, 0), (ledger.Held, ledger.Waiting, Interlocked.Read(ref _changes)));
    }

    private ByteLedger Ledger(long capacity) => new(capacity, change => Interlocked.Add(ref _changes, change));
}
