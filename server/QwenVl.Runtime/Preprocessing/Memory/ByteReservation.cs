namespace QwenVl.Runtime.Preprocessing.Memory;

/// <summary>Bytes of a ledger that belong to whoever holds this. Disposing it returns them, once. Safe for concurrent use.</summary>
internal sealed class ByteReservation(ByteLedger ledger, long bytes) : IDisposable
{
    private long _bytes = bytes;

    /// <summary>Bytes held; 0 once disposed.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Makes a part of it a reservation of its own.</summary>
    /// <returns>The part; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">Fewer bytes are held.</exception>
    public ByteReservation Split(long part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        for (long held = Bytes; held >= part; held = Bytes)
        {
            if (Interlocked.CompareExchange(ref _bytes, held - part, held) == held) return new ByteReservation(ledger, part);
        }

        throw new InvalidOperationException($"{part} bytes of {Bytes} were to be split off.");
    }

    /// <inheritdoc/>
    public void Dispose() => ledger.Return(Interlocked.Exchange(ref _bytes, 0));
}
