using QwenVl.Benchmarks.Load.Bare;
using QwenVl.Benchmarks.Load.Reports;

namespace QwenVl.Benchmarks.Load.Saturation;

/// <summary>What a search found.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Environment">Where it ran.</param>
/// <param name="HighestRate">The highest rate that held; null: none did.</param>
/// <param name="IsCutShort">Whether the search ended for want of steps.</param>
/// <param name="Steps">All rates that were tried, ascending.</param>
/// <param name="Bare">The bare backend on the same machine; empty: not measured.</param>
internal sealed record SaturationCurve(string Scenario, RunEnvironment Environment, double? HighestRate, bool IsCutShort, IReadOnlyList<SaturationStep> Steps, IReadOnlyList<BareRate> Bare)
{
    /// <summary>The highest step that held.</summary>
    public SaturationStep? Knee => Steps.LastOrDefault(step => step.Holds && step.Rate == HighestRate);
}
