using System.Collections.Concurrent;

namespace QwenVl.Client.Device;

/// <summary>
/// The one thread that owns the device's engines: a caller's thread, which may be that of a screen, never computes.
/// Work runs in the order it came, so that several answers advance in turn.
/// </summary>
internal sealed class DeviceThread : IAsyncDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _disposed;

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
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(() => Execute(work, done, cancellationToken), CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(QwenVlClient));
        }

        return done.Task;
    }

    /// <summary>Lets the work that waits finish, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _work.CompleteAdding();
        await _ended.Task.ConfigureAwait(false);
    }

    private static void Execute<T>(Func<T> work, TaskCompletionSource<T> done, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            done.TrySetCanceled(cancellationToken);
            return;
        }

        try
        {
            done.TrySetResult(work());
        }
        catch (Exception error)
        {
            done.TrySetException(error);
        }
    }

    private void Loop()
    {
        foreach (Action action in _work.GetConsumingEnumerable()) action();
        _work.Dispose();
        _ended.TrySetResult();
    }
}
