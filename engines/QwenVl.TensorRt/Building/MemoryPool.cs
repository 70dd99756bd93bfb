namespace QwenVl.TensorRt.Building;

/// <summary>Memory that a build or an engine may take; the numbers are TensorRT's own.</summary>
public enum MemoryPool
{
    /// <summary>Device memory for a layer's intermediate results. By default all of the device's.</summary>
    Workspace = 0,

    /// <summary>Device memory for timing kernels.</summary>
    TacticDram = 4,

    /// <summary>Shared memory of a block that a kernel may take.</summary>
    TacticSharedMemory = 5,
}
