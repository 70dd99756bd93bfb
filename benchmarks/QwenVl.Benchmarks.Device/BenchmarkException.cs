namespace QwenVl.Benchmarks.Device;

/// <summary>What is wrong and the way out, in one line.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
