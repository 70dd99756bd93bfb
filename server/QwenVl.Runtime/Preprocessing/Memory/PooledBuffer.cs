using System.Buffers;

namespace QwenVl.Runtime.Preprocessing.Memory;

/// <summary>
/// A rented buffer. It goes back when it is disposed and nobody has it pinned; from then on its memory is somebody else's,
/// and asking for it is an exception. Disposing it again is harmless. Spans that were taken before are not guarded: who takes
/// one keeps the buffer.
/// </summary>
internal sealed unsafe class PooledBuffer(BufferPool pool, nint block, int length, ByteReservation? reservation) : MemoryManager<byte>
{
    private int _holders = 1;
    private int _isDisposed;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The buffer was returned.</exception>
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        return new Span<byte>((void*)block, length);
    }

    /// <summary>Keeps the buffer until the handle is disposed. The memory never moves.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was returned.</exception>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, length);
        int seen = Volatile.Read(ref _holders);
        for (; seen > 0; seen = Volatile.Read(ref _holders))
        {
            if (Interlocked.CompareExchange(ref _holders, seen + 1, seen) == seen) break;
        }

        ObjectDisposedException.ThrowIf(seen == 0, this);
        return new MemoryHandle((byte*)block + elementIndex, default, this);
    }

    /// <inheritdoc/>
    public override void Unpin() => Release();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0) return;
        pool.Return(block, length);
        reservation?.Dispose();
    }
}
