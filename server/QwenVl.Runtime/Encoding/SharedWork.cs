namespace QwenVl.Runtime.Encoding;

/// <summary>Work that is done once for everyone who waits for it, and cancelled when the last of them has left. Safe for concurrent use.</summary>
/// <param name="work">The work; its token is cancelled when nobody waits any more.</param>
#pragma warning disable CA1001 // the source is never disposed: it holds no timer, and the work may look at its token after the last waiter has left
internal sealed class SharedWork<T>(Func<CancellationToken, Task<T>> work)
#pragma warning restore CA1001 // end of the exception
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _abandoned = new();
    private Task<T>? _task;
    private int _waiters;
    private bool _isAbandoned;

    /// <summary>Starts the work or joins it.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The result; null where the work was abandoned before and has to be begun anew.</returns>
    public Task<T>? TryJoin(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_isAbandoned) return null;
            _waiters++;
            _task ??= Task.Run(() => work(_abandoned.Token), CancellationToken.None);
        }

        return WaitAsync(_task, cancellation);
    }

    private async Task<T> WaitAsync(Task<T> task, CancellationToken cancellation)
    {
        try
        {
            return await task.WaitAsync(cancellation);
        }
        finally
        {
            Leave(task);
        }
    }

    private void Leave(Task<T> task)
    {
        lock (_lock)
        {
            if (--_waiters > 0 || task.IsCompleted) return;
            _isAbandoned = true;
        }

        // Outside the lock: what the work does on cancellation is not known here.
        _abandoned.Cancel();
    }
}
