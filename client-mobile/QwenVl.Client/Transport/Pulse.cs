namespace QwenVl.Client.Transport;

/// <summary>
/// Tells any number of waiters that something changed. Take <see cref="Next"/>, then look at the state, then wait: a
/// change between the look and the wait completes the task taken, so none is missed.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Announces a change, which must be visible already.</summary>
    public void Fire() =>
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
