namespace QwenVl.TensorRt.Building;

/// <summary>Which other GPUs a plan must run on; the numbers are TensorRT's own.</summary>
public enum HardwareCompatibility
{
    /// <summary>The GPU that it was built on alone.</summary>
    None = 0,

    /// <summary>Ampere and later; costs speed, for kernels get 48 KiB of shared memory a block at most.</summary>
    AmperePlus = 1,

    /// <summary>GPUs of the same compute capability.</summary>
    SameComputeCapability = 2,
}
