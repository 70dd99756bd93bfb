namespace QwenVl.TensorRt.Building;

/// <summary>GPUs that TensorRT-RTX builds for; the numbers are TensorRT's own. There is no Hopper among them.</summary>
public enum ComputeCapability
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The GPU in use, which must be there.</summary>
    Current = 1,

    /// <summary>Turing.</summary>
    Sm75 = 75,

    /// <summary>Ampere A100.</summary>
    Sm80 = 80,

    /// <summary>Ampere.</summary>
    Sm86 = 86,

    /// <summary>Ada.</summary>
    Sm89 = 89,

    /// <summary>Blackwell.</summary>
    Sm120 = 120,

    /// <summary>Blackwell, DGX Spark.</summary>
    Sm121 = 121,
}
