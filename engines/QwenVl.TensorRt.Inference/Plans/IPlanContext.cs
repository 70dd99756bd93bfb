using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Plans;

/// <summary>Runs of a plan with one profile. For one thread at a time.</summary>
internal interface IPlanContext : IDisposable
{
    /// <summary>Sets the shape of an input for the runs that follow.</summary>
    void SetShape(string input, ReadOnlySpan<long> shape);

    /// <summary>Sets where an input is read or an output written.</summary>
    void SetAddress(string tensor, CudaDevicePointer address);

    /// <summary>Queues a run.</summary>
    void Enqueue(CudaStream stream);
}
