namespace QwenVl.TensorRt.Cuda;

/// <summary>What an event is for; bits that can be put together.</summary>
[Flags]
public enum CudaEventOptions
{
    /// <summary>Order alone: the cheapest. A thread that waits spins.</summary>
    None = 0,

    /// <summary>The moment is taken, for <see cref="CudaEvent.ElapsedSince"/>.</summary>
    Timing = 1,

    /// <summary>A thread that waits sleeps: some ten microseconds later, but it takes no processor meanwhile.</summary>
    BlockingWait = 2,
}
