using System.Buffers;
using FsCheck.Xunit;
using QwenVl.Runtime.Preprocessing.Memory;

namespace QwenVl.Tests.Runtime.Preprocessing.Memory;

public sealed class BufferPoolTests
{
    [Property]
    public void A_buffer_is_at_most_a_quarter_larger_than_was_asked_for(int seed)
    {
        int bytes = new Random(seed).Next(1, 1_500_000_000), size = BufferPool.SizeFor(bytes);
        Assert.True(size >= bytes);
        Assert.True(size <= 1 << 16 || size <= bytes * 1.25 + 1, $"{size} for {bytes}");
        Assert.Equal(size, BufferPool.SizeFor(size));
    }

    [Fact]
    public void Memory_is_used_again_up_to_the_limit_and_freed_beyond_it()
    {
        using var pool = new BufferPool(1 << 17);
        PooledBuffer[] rented = [.. Enumerable.Range(0, 3).Select(_ => pool.Rent(1 << 16, reservation: null))];
        foreach (PooledBuffer buffer in rented) Return(buffer);
        Assert.Equal(1 << 17, pool.IdleBytes);
        PooledBuffer again = pool.Rent(50_000, reservation: null);
        Assert.Equal((1 << 16, 50_000), (pool.IdleBytes, again.GetSpan().Length));
        Return(again);
        pool.Dispose();
        Assert.Equal(0, pool.IdleBytes);
    }

    [Fact]
    public async Task A_buffer_that_was_returned_is_an_exception_and_is_returned_once()
    {
        using var pool = new BufferPool(1 << 20);
        var ledger = new ByteLedger(1 << 20, _ => { });
        PooledBuffer buffer = pool.Rent(100, await ledger.ReserveAsync(1 << 16, default));
        Memory<byte> memory = buffer.Memory;
        Return(buffer);
        Return(buffer);
        Assert.Equal((0, 1 << 16), (ledger.Held, pool.IdleBytes));
        Assert.Throws<ObjectDisposedException>(() => memory.Span[0]);
        Assert.Throws<ObjectDisposedException>(() => memory.Pin());
    }

    [Fact]
    public async Task A_pinned_buffer_stays_until_it_is_let_go()
    {
        using var pool = new BufferPool(1 << 20);
        var ledger = new ByteLedger(1 << 20, _ => { });
        PooledBuffer buffer = pool.Rent(100, await ledger.ReserveAsync(1 << 16, default));
        MemoryHandle pinned = buffer.Memory.Pin();
        Return(buffer);
        Assert.Equal((1 << 16, 0), (ledger.Held, pool.IdleBytes));
        pinned.Dispose();
        Assert.Equal((0, 1 << 16), (ledger.Held, pool.IdleBytes));
    }

    private static void Return(IDisposable buffer) => buffer.Dispose();
}
