namespace QwenVl.Runtime.Caching;

/// <summary>A reader's hold on a cached value: it stays counted until the last reader has left, evicted or not. Safe for concurrent use.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public sealed class CacheLease<T> : IDisposable
{
    private readonly Func<CacheLease<T>> _share;
    private Action? _leave;

    internal CacheLease(T value, Func<CacheLease<T>> share, Action leave) => (Value, _share, _leave) = (value, share, leave);

    /// <summary>The value; shared, never written to.</summary>
    public T Value { get; }

    /// <summary>A hold for one more reader.</summary>
    /// <exception cref="ObjectDisposedException">This one has been given back.</exception>
    public CacheLease<T> Share()
    {
        ObjectDisposedException.ThrowIf(_leave is null, this);
        return _share();
    }

    /// <summary>Gives the hold back; once counts.</summary>
    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}
