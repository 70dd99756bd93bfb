using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Server;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>How a run goes.</summary>
/// <param name="Elapsed">Since the measured part began; negative in the warm-up.</param>
/// <param name="Scenario">What is run.</param>
/// <param name="TargetRate">Requests a second that the scenario states for now.</param>
/// <param name="Counts">What happened in the last second.</param>
/// <param name="Server">What the server's metrics say of the last second; null: unknown.</param>
/// <param name="ViolationCount">What was found wrong so far.</param>
internal sealed record RunProgress(TimeSpan Elapsed, Scenarios.Scenario Scenario, double TargetRate, IntervalCounts Counts, ServerFacts? Server, long ViolationCount);
