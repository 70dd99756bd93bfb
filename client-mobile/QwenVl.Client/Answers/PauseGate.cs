namespace QwenVl.Client.Answers;

/// <summary>
/// Where an answer waits while it is paused. Each stretch of work enters with what stops it; a pause stops it and completes
/// when the work has come to rest. Safe for concurrent use.
/// </summary>
internal sealed class PauseGate(PauseReasons reasons)
{
    private readonly Lock _gate = new();
    private PauseReasons _reasons = reasons;
    private CancellationTokenSource? _work;
    private TaskCompletionSource _atRest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _waiting;
    private bool _ended;

    /// <summary>Begins a stretch of work.</summary>
    /// <param name="work">Is cancelled by a pause.</param>
    /// <returns>False where the answer is paused and the work must not begin.</returns>
    public bool TryEnter(CancellationTokenSource work)
    {
        lock (_gate)
        {
            if (_reasons != PauseReasons.None) return false;
            _work = work;
            return true;
        }
    }

    /// <summary>Ends a stretch of work.</summary>
    public void Leave()
    {
        lock (_gate) _work = null;
    }

    /// <summary>Stops the work.</summary>
    /// <returns>Completes when it has come to rest, or has ended.</returns>
    public async Task PauseAsync(PauseReasons reason)
    {
        Task atRest;
        CancellationTokenSource? work;
        lock (_gate)
        {
            _reasons |= reason;
            work = _work;
            atRest = _ended ? Task.CompletedTask : _atRest.Task;
        }

        try
        {
            if (work is not null) await work.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // This stretch has ended by itself; the next one will not begin.
        }

        await atRest.ConfigureAwait(false);
    }

    /// <summary>Lets the work go on, unless somebody else still wants the pause.</summary>
    public void Resume(PauseReasons reason)
    {
        lock (_gate)
        {
            _reasons &= ~reason;
            if (_reasons != PauseReasons.None) return;
            _waiting?.TrySetResult();
            // Who still waits for the work to rest is told that it will not.
            _atRest.TrySetResult();
            if (!_ended) _atRest = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Rests until the answer may go on.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Task waiting;
        lock (_gate)
        {
            if (_reasons == PauseReasons.None) return;
            _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = _waiting.Task;
            _atRest.TrySetResult();
        }

        try
        {
            await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _waiting = null;
        }
    }

    /// <summary>The answer has ended: nothing is left to pause.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            _atRest.TrySetResult();
        }
    }
}
