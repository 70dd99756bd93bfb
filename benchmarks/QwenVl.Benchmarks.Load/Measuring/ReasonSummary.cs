using QwenVl.Benchmarks.Load.Driving;

namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>Requests that ended without an answer, for one reason.</summary>
/// <param name="Kind">How they ended.</param>
/// <param name="Reason">The server's reason, or gRPC's status.</param>
/// <param name="Latency">How long it took to say so, in milliseconds.</param>
internal sealed record ReasonSummary(OutcomeKind Kind, string Reason, LatencySummary Latency);
