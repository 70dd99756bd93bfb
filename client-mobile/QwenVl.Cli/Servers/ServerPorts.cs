namespace QwenVl.Cli.Servers;

/// <summary>Where a server listens.</summary>
/// <param name="Grpc">The port of gRPC.</param>
/// <param name="Metrics">The port of metrics and probes.</param>
internal sealed record ServerPorts(int Grpc, int Metrics);
