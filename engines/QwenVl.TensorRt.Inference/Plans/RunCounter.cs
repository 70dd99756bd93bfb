namespace QwenVl.TensorRt.Inference.Plans;

/// <summary>Counts runs by how they were started. Safe for concurrent use.</summary>
public sealed class RunCounter
{
    private long _enqueued;
    private long _replayed;

    /// <summary>Runs whose kernels were launched one by one.</summary>
    public long EnqueuedRuns => Interlocked.Read(ref _enqueued);

    /// <summary>Runs that were one launch of a CUDA graph.</summary>
    public long ReplayedRuns => Interlocked.Read(ref _replayed);

    internal void Enqueued() => Interlocked.Increment(ref _enqueued);

    internal void Replayed() => Interlocked.Increment(ref _replayed);
}
