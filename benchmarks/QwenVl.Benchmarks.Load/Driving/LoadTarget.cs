using QwenVl.Benchmarks.Load.Server;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>Where the load goes.</summary>
/// <param name="Server">The gRPC address.</param>
/// <param name="Metrics">Reads the server's metrics; null: none are read. Not owned.</param>
/// <param name="DeviceEngines">Engines of devices that finish answers themselves; null: there are none.</param>
internal sealed record LoadTarget(Uri Server, MetricsClient? Metrics, string? DeviceEngines);
