using QwenVl.Runtime.Telemetry;

namespace QwenVl.Server.Telemetry;

/// <summary>Lets counters of failures begin at zero once the exporter listens, so that an alert sees the first failure.</summary>
internal sealed class FirstCounts(RuntimeMetrics runtime, ServerMetrics server) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        runtime.BeginAtZero();
        server.BeginAtZero();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
