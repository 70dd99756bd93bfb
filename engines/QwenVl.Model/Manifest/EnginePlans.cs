namespace QwenVl.Model.Manifest;

/// <summary>What TensorRT made of an engine's graphs. Plans are for one product, version and GPU, and for nothing else.</summary>
public sealed record EnginePlans
{
    /// <summary>The product that built them and runs them: <c>TensorRT</c> or <c>TensorRT-RTX</c>.</summary>
    public required string Product { get; init; }

    /// <summary>Its version, such as <c>10.6.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The GPUs they run on, such as <c>sm90</c>; several are joined by <c>+</c>.</summary>
    public required string GpuArchitecture { get; init; }

    /// <summary>The largest runs they take.</summary>
    public required EnginePlanLimits Limits { get; init; }

    /// <summary>How long TensorRT looked for fast kernels: 0 to 5.</summary>
    public required int OptimizationLevel { get; init; }

    /// <summary>The vision tower's plan.</summary>
    public required EnginePlan Vision { get; init; }

    /// <summary>The decoder's plan.</summary>
    public required EnginePlan Decoder { get; init; }
}
