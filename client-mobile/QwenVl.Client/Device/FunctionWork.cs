namespace QwenVl.Client.Device;

/// <summary>Work that is done once.</summary>
internal sealed class FunctionWork<T>(Func<T> work, CancellationToken cancellationToken) : IDeviceWork
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What comes of it.</summary>
    public Task<T> Done => _done.Task;

    public void Execute()
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _done.TrySetCanceled(cancellationToken);
            return;
        }

        try
        {
            _done.TrySetResult(work());
        }
        catch (Exception error)
        {
            _done.TrySetException(error);
        }
    }
}
