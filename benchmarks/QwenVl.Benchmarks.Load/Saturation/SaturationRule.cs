using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Benchmarks.Load.Saturation;

/// <summary>Whether a rate holds.</summary>
internal static class SaturationRule
{
    /// <summary>A rate holds where as large a share of the requests due as the service level states met its limits; whoever was refused, failed or was never sent did not.</summary>
    public static SaturationStep Judge(double rate, RunDocument run, SloOptions slo)
    {
        LatencySummary? answer = run.Latencies.GetValueOrDefault(LatencyKind.Answer);
        bool holds = run.Violations.Count == 0 && run.Counts.Due > 0 && 100 * run.Figures.GoodRatio >= slo.Percent;
        return new SaturationStep(rate, holds, run.Figures.GoodPerSecond, run.Figures.CompletedPerSecond, answer?.P50, answer?.P99, run.Server?.MeanBatchSize, run.Server?.CpuCores);
    }
}
