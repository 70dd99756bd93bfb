namespace QwenVl.Benchmarks.Load.Server;

/// <summary>One line of a Prometheus page.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">Its value.</param>
internal sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
