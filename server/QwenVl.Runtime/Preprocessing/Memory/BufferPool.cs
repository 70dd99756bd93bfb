using System.Numerics;
using System.Runtime.InteropServices;

namespace QwenVl.Runtime.Preprocessing.Memory;

/// <summary>
/// Memory outside the managed heap, aligned and used again: pictures are large, short-lived and read by native code, which
/// is what a collector is worst at. Who rents is bounded by a ledger, what lies idle by this. Safe for concurrent use.
/// </summary>
/// <param name="maxIdleBytes">The most that is kept for later; what is returned beyond it is freed.</param>
internal sealed unsafe class BufferPool(long maxIdleBytes) : IDisposable
{
    // Enough for every vector, and a line of the cache.
    private const int Alignment = 64;
    private const int SmallestBuffer = 1 << 16;

    // Between a size and its double: a buffer is at most a quarter larger than was asked for.
    private const int StepsPerDoubling = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Stack<nint>> _idle = [];
    private long _idleBytes;
    private bool _isDisposed;

    /// <summary>Bytes kept for later.</summary>
    public long IdleBytes
    {
        get
        {
            lock (_lock) return _idleBytes;
        }
    }

    /// <summary>What a buffer for some bytes takes.</summary>
    /// <exception cref="OverflowException">No single buffer is that large.</exception>
    public static int SizeFor(long bytes)
    {
        if (bytes <= SmallestBuffer) return SmallestBuffer;
        long step = 1L << (BitOperations.Log2((ulong)bytes - 1) - BitOperations.Log2(StepsPerDoubling));
        return checked((int)((bytes + step - 1) / step * step));
    }

    /// <summary>Rents a buffer; what is in it is not cleared.</summary>
    /// <param name="bytes">Bytes of the buffer's memory.</param>
    /// <param name="reservation">Returned together with the buffer; null where somebody else answers for its bytes.</param>
    /// <returns>The buffer; the caller disposes it.</returns>
    public PooledBuffer Rent(int bytes, ByteReservation? reservation)
    {
        int size = SizeFor(bytes);
        lock (_lock)
        {
            if (_idle.TryGetValue(size, out Stack<nint>? blocks) && blocks.TryPop(out nint held))
            {
                _idleBytes -= size;
                return new PooledBuffer(this, held, bytes, reservation);
            }
        }

        return new PooledBuffer(this, (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment), bytes, reservation);
    }

    /// <summary>Frees what is idle; buffers that are rented are freed when they come back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (nint block in _idle.Values.SelectMany(blocks => blocks)) NativeMemory.AlignedFree((void*)block);
            _idle.Clear();
            _idleBytes = 0;
        }
    }

    internal void Return(nint block, int bytes)
    {
        int size = SizeFor(bytes);
        lock (_lock)
        {
            if (!_isDisposed && _idleBytes + size <= maxIdleBytes)
            {
                if (!_idle.TryGetValue(size, out Stack<nint>? blocks)) _idle[size] = blocks = [];
                blocks.Push(block);
                _idleBytes += size;
                return;
            }
        }

        NativeMemory.AlignedFree((void*)block);
    }
}
