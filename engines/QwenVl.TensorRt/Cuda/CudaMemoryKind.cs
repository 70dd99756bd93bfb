namespace QwenVl.TensorRt.Cuda;

/// <summary>Where memory lies.</summary>
internal enum CudaMemoryKind
{
    /// <summary>On the device.</summary>
    Device,

    /// <summary>On the host, page-locked.</summary>
    Pinned,
}
