namespace QwenVl.Runtime.Encoding;

/// <summary>Work that is done once for everyone who waits for it, and cancelled when the last of them has left. Safe for concurrent use.</summary>
/// <param name="work">The work; its token is cancelled when nobody waits any more.</param>
/// <param name="release">
/// Gives the result back, once, when the last of those who waited has taken what it wanted of it; the work cannot be
/// joined afterwards. Null where the result may be kept.
/// </param>
#pragma warning disable CA1001 // the source is never disposed: it holds no timer, and the work may look at its token after the last waiter has left
internal sealed class SharedWork<T>(Func<CancellationToken, Task<T>> work, Action<T>? release = null)
#pragma warning restore CA1001 // end of the exception
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _abandoned = new();
    private Task<T>? _task;
    private int _waiters;
    private bool _isOver;

    /// <summary>Starts the work or joins it.</summary>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The result; null where the work was abandoned before and has to be begun anew.</returns>
    public Task<T>? TryJoin(CancellationToken cancellation) => TryJoin(result => result, cancellation);

    /// <summary>Starts the work or joins it.</summary>
    /// <param name="take">What this waiter wants of the result; called while the result is certain not to be given back.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>What was taken; null where the work was abandoned or given back before and has to be begun anew.</returns>
    public Task<TTaken>? TryJoin<TTaken>(Func<T, TTaken> take, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_isOver) return null;
            _waiters++;
            _task ??= Task.Run(() => work(_abandoned.Token), CancellationToken.None);
        }

        return WaitAsync(_task, take, cancellation);
    }

    private async Task<TTaken> WaitAsync<TTaken>(Task<T> task, Func<T, TTaken> take, CancellationToken cancellation)
    {
        try
        {
            return take(await task.WaitAsync(cancellation));
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
            if (--_waiters > 0 || (task.IsCompleted && release is null)) return;
            _isOver = true;
        }

        // Outside the lock: what the work does on cancellation is not known here.
        if (!task.IsCompleted) _abandoned.Cancel();
        // Work that heeds no cancellation may still bring a result.
        if (release is not null) _ = task.ContinueWith(done => release(done.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
