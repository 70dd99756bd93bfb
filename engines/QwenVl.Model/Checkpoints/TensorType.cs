namespace QwenVl.Model.Checkpoints;

#pragma warning disable CA1720 // Number formats are called what they are.

/// <summary>The number formats of a checkpoint's tensors.</summary>
public enum TensorType
{
    /// <summary>The upper half of a float32.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>IEEE 754 binary32.</summary>
    Float32,
}
