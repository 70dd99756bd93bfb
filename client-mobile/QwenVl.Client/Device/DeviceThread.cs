namespace QwenVl.Client.Device;

/// <summary>
/// The one thread that owns the device's engines: a caller's thread, which may be that of a screen, never computes.
/// Work runs in the order it came, so that several answers advance in turn.
/// </summary>
internal sealed class DeviceThread : IAsyncDisposable
{
    private readonly Queue<IDeviceWork> _work = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnding;

    public DeviceThread(string name)
    {
        // Above other background work would make a phone's screen stutter; below would starve behind it.
        var thread = new Thread(Loop) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>Runs work on the thread.</summary>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var function = new FunctionWork<T>(work, cancellationToken);
        Post(function);
        return function.Done;
    }

    /// <summary>Lets the thread do something; allocates nothing once the queue has been as long as it gets.</summary>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public void Post(IDeviceWork work)
    {
        lock (_work)
        {
            ObjectDisposedException.ThrowIf(_isEnding, typeof(QwenVlClient));
            _work.Enqueue(work);
            Monitor.Pulse(_work);
        }
    }

    /// <summary>Lets the work that waits finish, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_work)
        {
            _isEnding = true;
            Monitor.Pulse(_work);
        }

        await _ended.Task.ConfigureAwait(false);
    }

    private void Loop()
    {
        while (Next() is { } work) work.Execute();
        _ended.TrySetResult();
    }

    /// <summary>Waits for work; null at the end.</summary>
    private IDeviceWork? Next()
    {
        lock (_work)
        {
            while (_work.Count == 0)
            {
                if (_isEnding) return null;
                Monitor.Wait(_work);
            }

            return _work.Dequeue();
        }
    }
}
