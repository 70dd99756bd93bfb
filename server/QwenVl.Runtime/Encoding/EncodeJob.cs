using QwenVl.Model.Vision;
using QwenVl.Runtime.Encoding.Planning;
using QwenVl.Runtime.Queueing;

namespace QwenVl.Runtime.Encoding;

/// <summary>A picture that waits for a tower.</summary>
internal sealed class EncodeJob(ImagePatches patches, RequestTerms terms, TimeSpan arrived, TimeSpan? expires, CancellationToken cancellation)
    : QueuedWork(terms, EncodeCost.Of(patches.Grid.Patches), arrived, expires, cancellation)
{
    private readonly TaskCompletionSource<EncodeResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The job's own handle: whatever becomes of whoever asked, the tower reads memory that is still this picture's.</summary>
    public ImagePatches Patches { get; } = patches.Retain();

    public Task<EncodeResult> Completion => _completion.Task;

    public void Complete(EncodeResult result)
    {
        Release();
        _completion.TrySetResult(result);
    }

    /// <summary>Gives the patches back; a job that completes or fails does so itself.</summary>
    public void Release() => Patches.Dispose();

    /// <inheritdoc/>
    public override void Fail(Exception error)
    {
        Release();
        if (error is OperationCanceledException) _completion.TrySetCanceled(Cancellation);
        else _completion.TrySetException(error);
    }
}
