namespace QwenVl.TensorRt.Building;

#pragma warning disable CA1711 // TensorRT's own name of it.
/// <summary>Switches of a build. The numbers are this library's own: TensorRT's differ by version and are looked up.</summary>
public enum BuilderFlag
#pragma warning restore CA1711
{
    /// <summary>Synchronises after each layer, to find the layer that fails.</summary>
    Debug,

    /// <summary>Weights can be replaced in the finished engine.</summary>
    Refit,

    /// <summary>Keeps no timings of kernels.</summary>
    DisableTimingCache,

    /// <summary>float32 products may use TF32 units: 10 bits of mantissa. On by default.</summary>
    Tf32,

    /// <summary>Uses weights with two zeros in four where they are so.</summary>
    SparseWeights,

    /// <summary>The plan runs with later versions of the same major; load it with host code allowed.</summary>
    VersionCompatible,

    /// <summary>Leaves the lean runtime out of a version-compatible plan.</summary>
    ExcludeLeanRuntime,

    /// <summary>Fails the build instead of timing a kernel that the timing cache has not.</summary>
    ErrorOnTimingCacheMiss,

    /// <summary>Does not put compiled kernels into the timing cache.</summary>
    DisableCompilationCache,

    /// <summary>Leaves refittable weights out of the plan.</summary>
    StripPlan,

    /// <summary>Weights may be refitted with the same values only, which costs no speed.</summary>
    RefitIdentical,

    /// <summary>Weights may stay in host memory and be copied when needed.</summary>
    WeightStreaming,

    /// <summary>Only weights that are named so can be refitted.</summary>
    RefitIndividual,

    /// <summary>NaN and infinity are kept exactly.</summary>
    StrictNans,

    /// <summary>Logs what memory the build takes.</summary>
    MonitorMemory,

    /// <summary>Entries of the timing cache can be changed.</summary>
    EditableTimingCache,

    /// <summary>Results of a row do not depend on the other rows of a batch.</summary>
    DistributiveIndependence,

    /// <summary>TensorRT-RTX 1.5 and later: the engine never allocates by itself, so that all of it can be captured in a graph.</summary>
    RequireUserAllocation,
}
