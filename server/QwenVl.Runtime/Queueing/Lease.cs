namespace QwenVl.Runtime.Queueing;

/// <summary>A share of a limit, or a place among those that wait; given back once, when disposed. Safe for concurrent use.</summary>
/// <param name="giveBack">Called when it is given back.</param>
public sealed class Lease(Action giveBack) : IDisposable
{
    private Action? _giveBack = giveBack;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}
