using QwenVl.TensorRt;

namespace QwenVl.Engines.Plans;

/// <summary>How TensorRT turns an engine's graphs into plans.</summary>
public sealed record PlanBuildOptions
{
    /// <summary>How hard TensorRT looks where nobody said.</summary>
    public const int DefaultOptimizationLevel = 3;

    private const int HighestOptimizationLevel = 5;

    /// <summary>The library that builds; it, or one of the same product and version, runs the plans.</summary>
    public required TensorRtLibrary Library { get; init; }

    /// <summary>
    /// The GPUs that the plans are for, such as <c>sm90</c>. TensorRT builds for the GPU that it runs on, which must be this
    /// one: take <see cref="Plans.GpuArchitecture.Present"/>. TensorRT-RTX needs no GPU, and takes several joined by <c>+</c>.
    /// </summary>
    public required string GpuArchitecture { get; init; }

    /// <summary>The GPU that TensorRT builds on, as the driver counts from 0. TensorRT-RTX needs none.</summary>
    public int DeviceIndex { get; init; }

    /// <summary>The largest runs.</summary>
    public PlanLimits Limits { get; init; } = new();

    /// <summary>How long TensorRT looks for fast kernels: 0, the first that works, to 5, all of them.</summary>
    public int OptimizationLevel { get; init; } = DefaultOptimizationLevel;

    /// <summary>The most bytes of device memory that a layer may take for intermediate results; null: all there are.</summary>
    public long? WorkspaceBytes { get; init; }

    /// <summary>
    /// A file of kernels' timings, read where it fits this GPU and version, and replaced after each plan. It changes how long
    /// a build takes and not what it is. Null: none. TensorRT-RTX times nothing and ignores it.
    /// </summary>
    public string? TimingCachePath { get; init; }

    /// <summary>Whether the plans tell about their layers in detail, and lists of the layers are put beside them.</summary>
    public bool ListLayers { get; init; }

    /// <summary>The GPUs in the one way of writing them that keys and manifests use.</summary>
    internal string Architecture => Plans.GpuArchitecture.Of(Plans.GpuArchitecture.Read(GpuArchitecture));

    /// <summary>Whether the library is TensorRT-RTX.</summary>
    internal bool IsRtx => Library.Version.Product is TensorRtProduct.TensorRtRtx;

    /// <summary>The product as manifests call it.</summary>
    internal string Product => IsRtx ? "TensorRT-RTX" : "TensorRT";

    /// <summary>The version as manifests call it.</summary>
    internal string Version => FormattableString.Invariant($"{Library.Version.Major}.{Library.Version.Minor}.{Library.Version.Patch}");

    /// <exception cref="ArgumentException">A number is out of its range, or the library does not build for the GPU.</exception>
    internal void Validate()
    {
        if (OptimizationLevel is < 0 or > HighestOptimizationLevel)
            throw new ArgumentException($"OptimizationLevel is {OptimizationLevel}; take 0 to {HighestOptimizationLevel}.");
        if (DeviceIndex < 0) throw new ArgumentException($"DeviceIndex is {DeviceIndex}; GPUs are counted from 0.");
        if (WorkspaceBytes is <= 0) throw new ArgumentException($"WorkspaceBytes is {WorkspaceBytes}; take a positive number, or null for all there are.");
        Limits.Validate();
        int[] wanted = Plans.GpuArchitecture.Read(GpuArchitecture);
        if (IsRtx) Plans.GpuArchitecture.Capabilities(GpuArchitecture);
        else if (wanted.Length > 1) throw new ArgumentException($"GPU architecture {GpuArchitecture}: TensorRT builds for one GPU, the one it runs on; TensorRT-RTX builds for several.");
    }
}
