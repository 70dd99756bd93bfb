using QwenVl.Model.Vision;
using QwenVl.Runtime.Encoding.Planning;
using QwenVl.Runtime.Queueing;

namespace QwenVl.Runtime.Encoding;

/// <summary>A picture that waits for a tower.</summary>
internal sealed class EncodeJob(ImagePatches patches, RequestTerms terms, TimeSpan arrived, TimeSpan? expires, CancellationToken cancellation)
    : QueuedWork(terms, EncodeCost.Of(patches.Grid.Patches), arrived, expires, cancellation)
{
    private readonly TaskCompletionSource<EncodeResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ImagePatches Patches { get; } = patches;

    public Task<EncodeResult> Completion => _completion.Task;

    public void Complete(EncodeResult result) => _completion.TrySetResult(result);

    /// <inheritdoc/>
    public override void Fail(Exception error)
    {
        if (error is OperationCanceledException) _completion.TrySetCanceled(Cancellation);
        else _completion.TrySetException(error);
    }
}
