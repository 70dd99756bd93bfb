namespace QwenVl.Runtime.Preprocessing;

/// <summary>A place among those that wait; given up once, when work begins or when there will be none. Safe for concurrent use.</summary>
/// <param name="left">Called when it is given up.</param>
internal sealed class QueuePlace(Action left) : IDisposable
{
    private Action? _left = left;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _left, null)?.Invoke();
}
