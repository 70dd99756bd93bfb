using QwenVl.TensorRt.Building;

namespace QwenVl.TensorRt.Abi;

/// <summary>Builder flags lost members between the generations and moved up, so each has a number for each generation.</summary>
internal static class BuilderFlagNumbers
{
    private const int Absent = -1;

    /// <exception cref="NotSupportedException">The loaded version has no such flag.</exception>
    public static int Of(BuilderFlag flag, TensorRtAbi abi)
    {
        (int generation10, int generation11) = Numbers(flag);
        int number = abi.IsGeneration11 ? generation11 : generation10;
        bool absent = number == Absent || (flag is BuilderFlag.RequireUserAllocation && abi.Column is not AbiColumn.Rtx15);
        return absent ? throw new NotSupportedException($"BuilderFlag.{flag} is not in {abi.Version}.") : number;
    }

    private static (int Generation10, int Generation11) Numbers(BuilderFlag flag) => flag switch
    {
        BuilderFlag.Debug => (2, 2),
        BuilderFlag.Refit => (4, 4),
        BuilderFlag.DisableTimingCache => (5, 5),
        BuilderFlag.Tf32 => (6, 6),
        BuilderFlag.SparseWeights => (7, 7),
        BuilderFlag.VersionCompatible => (13, 12),
        BuilderFlag.ExcludeLeanRuntime => (14, 13),
        BuilderFlag.ErrorOnTimingCacheMiss => (16, 15),
        BuilderFlag.DisableCompilationCache => (18, 17),
        BuilderFlag.StripPlan => (19, 18),
        BuilderFlag.RefitIdentical => (20, 19),
        BuilderFlag.WeightStreaming => (21, 20),
        BuilderFlag.RefitIndividual => (23, 22),
        BuilderFlag.StrictNans => (24, 23),
        BuilderFlag.MonitorMemory => (25, 24),
        BuilderFlag.EditableTimingCache => (27, 26),
        BuilderFlag.DistributiveIndependence => (28, 27),
        BuilderFlag.RequireUserAllocation => (Absent, 28),
        _ => throw new ArgumentOutOfRangeException(nameof(flag), flag, "There is no such builder flag."),
    };
}
