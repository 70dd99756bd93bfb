using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Plans;

/// <summary>Counts runs by how they were started, and keeps what went wrong for good. Safe for concurrent use.</summary>
public sealed class RunCounter
{
    private long _enqueued;
    private long _replayed;
    private volatile string? _notRecorded;
    private volatile string? _lost;

    /// <summary>Runs whose kernels were launched one by one.</summary>
    public long EnqueuedRuns => Interlocked.Read(ref _enqueued);

    /// <summary>Runs that were one launch of a CUDA graph.</summary>
    public long ReplayedRuns => Interlocked.Read(ref _replayed);

    /// <summary>Why some runs cannot be recorded as CUDA graphs, and are launched kernel by kernel; null where all can.</summary>
    public string? GraphRefusal => _notRecorded;

    /// <summary>Why the GPU is lost to this process until it starts anew; null while it is not.</summary>
    public string? DeviceLoss => _lost;

    internal void Enqueued() => Interlocked.Increment(ref _enqueued);

    internal void Replayed() => Interlocked.Increment(ref _replayed);

    internal void NotRecorded(string reason) => _notRecorded ??= reason;

    /// <summary>Notes an error after which nothing on the GPU works any more.</summary>
    internal void NoteLoss(CudaException error)
    {
        if (error.IsContextLost) _lost ??= error.Message;
    }
}
