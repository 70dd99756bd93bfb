using QwenVl.Benchmarks.Load.Reports;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>A comparison of routes, as JSON holds it.</summary>
/// <param name="Environment">Where and of what it was made.</param>
/// <param name="Scenario">What was compared.</param>
/// <param name="Summaries">Sums by load, network and route.</param>
/// <param name="Others">What others got meanwhile.</param>
/// <param name="Transfers">What it takes to give a picture to a decoder.</param>
/// <param name="Estimates">Computed for real sizes.</param>
/// <param name="Answers">Every answer.</param>
internal sealed record RouteDocument(
    RunEnvironment Environment, RouteScenario Scenario, IReadOnlyList<RouteSummary> Summaries, IReadOnlyList<OtherAnswers> Others, IReadOnlyList<Transfer> Transfers,
    IReadOnlyList<RouteEstimate> Estimates, IReadOnlyList<RouteAnswer> Answers);
