namespace QwenVl.Benchmarks.Gpu.Reports;

/// <summary>One line of a report.</summary>
/// <param name="Name">What holds, or what was measured.</param>
/// <param name="Passed">Whether it holds; null for a measurement.</param>
/// <param name="Detail">Numbers with their units, or what went wrong.</param>
internal sealed record CheckResult(string Name, bool? Passed, string Detail);
