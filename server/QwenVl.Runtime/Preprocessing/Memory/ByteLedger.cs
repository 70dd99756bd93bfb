namespace QwenVl.Runtime.Preprocessing.Memory;

/// <summary>
/// Who holds how many of a fixed number of bytes. Reservations that do not fit wait in the order they came in, so that a
/// large one is not passed over for ever. Safe for concurrent use.
/// </summary>
/// <param name="capacity">Bytes in all.</param>
/// <param name="changed">Is told of each change of <see cref="Held"/>, for metrics.</param>
internal sealed class ByteLedger(long capacity, Action<long> changed)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private long _held;

    /// <summary>Bytes in all.</summary>
    public long Capacity => capacity;

    /// <summary>Bytes reserved.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Reservations that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _waiters.Count;
        }
    }

    /// <summary>Reserves bytes, waiting until they fit.</summary>
    /// <param name="bytes">At most <see cref="Capacity"/>.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The reservation; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">They can never fit.</exception>
    public Task<ByteReservation> ReserveAsync(long bytes, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, capacity);
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<ByteReservation>(cancellation);
        LinkedListNode<Waiter> node;
        lock (_lock)
        {
            if (_waiters.Count == 0 && _held + bytes <= capacity)
            {
                _held += bytes;
                node = null!;
            }
            else
            {
                node = _waiters.AddLast(new Waiter(bytes));
            }
        }

        if (node is null)
        {
            changed(bytes);
            return Task.FromResult(new ByteReservation(this, bytes));
        }

        // Outside the lock: a token that is cancelled already calls back here and now.
        CancellationTokenRegistration registration = cancellation.UnsafeRegister(_ => Leave(node, cancellation), null);
        return WaitAsync(node.Value.Granted.Task, registration);
    }

    internal void Return(long bytes)
    {
        if (bytes == 0) return;
        Grant(bytes);
        changed(-bytes);
    }

    private static async Task<ByteReservation> WaitAsync(Task<ByteReservation> granted, CancellationTokenRegistration registration)
    {
        // Not disposed: that would wait for a callback that is running, and what it does is harmless.
        try
        {
            return await granted;
        }
        finally
        {
            registration.Unregister();
        }
    }

    private void Leave(LinkedListNode<Waiter> node, CancellationToken cancellation)
    {
        lock (_lock)
        {
            // It was granted meanwhile: who asked gets it, and gives it back.
            if (node.List is null) return;
            _waiters.Remove(node);
        }

        node.Value.Granted.TrySetCanceled(cancellation);
        // It may have been the one that all others waited behind.
        Grant(0);
    }

    private void Grant(long returned)
    {
        var granted = new List<Waiter>();
        lock (_lock)
        {
            _held -= returned;
            while (_waiters.First is { } first && _held + first.Value.Bytes <= capacity)
            {
                _waiters.RemoveFirst();
                _held += first.Value.Bytes;
                granted.Add(first.Value);
            }
        }

        foreach (Waiter waiter in granted)
        {
            changed(waiter.Bytes);
            waiter.Granted.SetResult(new ByteReservation(this, waiter.Bytes));
        }
    }

    private sealed class Waiter(long bytes)
    {
        public long Bytes { get; } = bytes;

        public TaskCompletionSource<ByteReservation> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
