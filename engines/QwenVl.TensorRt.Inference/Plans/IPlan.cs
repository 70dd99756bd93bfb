using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Plans;

/// <summary>A plan that is loaded on a device. Tests put another runtime in TensorRT's place.</summary>
internal interface IPlan : IDisposable
{
    /// <summary>All inputs and outputs.</summary>
    IReadOnlyList<PlanTensor> Tensors { get; }

    /// <summary>Number of optimisation profiles.</summary>
    int ProfileCount { get; }

    /// <summary>Bytes of device memory that a run with a profile needs for its activations.</summary>
    long DeviceMemoryBytes(int profile);

    /// <summary>The largest shape of an input in a profile.</summary>
    IReadOnlyList<long> MaxShape(string input, int profile);

    /// <summary>Makes a context that stays on one profile; the caller disposes it before the plan.</summary>
    /// <param name="profile">The profile's number.</param>
    /// <param name="memory">Memory of the activations; shared by contexts whose runs never overlap, and outlives them.</param>
    /// <param name="memoryBytes">Its length, at least <see cref="DeviceMemoryBytes"/>.</param>
    /// <param name="stream">Where the context is set up.</param>
    IPlanContext CreateContext(int profile, CudaDevicePointer memory, long memoryBytes, CudaStream stream);
}
