using System.Threading.Tasks.Sources;

namespace QwenVl.Client.Device;

/// <summary>
/// The same work again and again, a token each time: what is awaited is this object, so that a token puts nothing on the managed
/// heap. For one caller at a time, who awaits each start before the next.
/// </summary>
/// <param name="step">The work.</param>
internal sealed class TokenWork(Func<int> step) : IDeviceWork, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _done = new() { RunContinuationsAsynchronously = true };
    private CancellationToken _cancellationToken;

    /// <summary>Does it once.</summary>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public ValueTask<int> StartAsync(DeviceThread thread, CancellationToken cancellationToken)
    {
        _done.Reset();
        _cancellationToken = cancellationToken;
        thread.Post(this);
        return new ValueTask<int>(this, _done.Version);
    }

    public void Execute()
    {
        if (_cancellationToken.IsCancellationRequested)
        {
            _done.SetException(new OperationCanceledException(_cancellationToken));
            return;
        }

        int result;
        try
        {
            result = step();
        }
        catch (Exception error)
        {
            _done.SetException(DeviceFailure.Of(error));
            return;
        }

        _done.SetResult(result);
    }

    int IValueTaskSource<int>.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);
}
