namespace QwenVl.Engines.Plans;

/// <summary>One graph of which a plan is built.</summary>
/// <param name="GraphPath">The graph's file.</param>
/// <param name="WeightsFolder">What its external data is relative to.</param>
/// <param name="PlanPath">The plan's file, which must not exist.</param>
/// <param name="LayersPath">The file of the layers' list.</param>
/// <param name="Profiles">The optimisation profiles of what the graph declares.</param>
internal sealed record PlanSource(
    string GraphPath,
    string WeightsFolder,
    string PlanPath,
    string LayersPath,
    Func<GraphSignature, PlanLimits, IReadOnlyList<OptimizationProfileShapes>> Profiles);
