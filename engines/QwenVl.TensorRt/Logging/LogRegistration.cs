namespace QwenVl.TensorRt.Logging;

/// <summary>Ends a logger's registration; can be disposed more than once.</summary>
internal sealed class LogRegistration(Action remove) : IDisposable
{
    private Action? _remove = remove;

    public void Dispose() => Interlocked.Exchange(ref _remove, null)?.Invoke();
}
