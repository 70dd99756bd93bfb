namespace QwenVl.Server.Admission;

/// <summary>A share of a limit; given back once, when disposed.</summary>
internal sealed class Lease(Action giveBack) : IDisposable
{
    private Action? _giveBack = giveBack;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}
