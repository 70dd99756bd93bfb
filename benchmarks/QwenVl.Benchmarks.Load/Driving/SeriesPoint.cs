using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Server;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>One second of a run.</summary>
/// <param name="Second">Its end, since the measured part began.</param>
/// <param name="TargetRate">Requests a second that the scenario states.</param>
/// <param name="Counts">What happened.</param>
/// <param name="Server">What the server's metrics say; null: unknown.</param>
internal sealed record SeriesPoint(double Second, double TargetRate, IntervalCounts Counts, ServerFacts? Server);
