using QwenVl.Engines.Plans;
using QwenVl.Tests.TensorRt;

namespace QwenVl.Tests.Engines.Plans;

/// <summary>Plans that build in seconds without a GPU.</summary>
internal static class TestPlans
{
    /// <summary>For Ada, at the lowest level; skips, saying why, where TensorRT-RTX is not here.</summary>
    public static PlanBuildOptions Options => new()
    {
        Library = NvidiaLibraries.Rtx,
        GpuArchitecture = "sm89",
        OptimizationLevel = 0,
        Limits = new PlanLimits { MaxBatch = 2, MaxPrefillBatch = 1, MaxChunk = 64, MaxSequence = 256, PatchBuckets = [256] },
    };
}
