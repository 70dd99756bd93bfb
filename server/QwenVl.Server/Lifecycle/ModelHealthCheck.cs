using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QwenVl.Server.Lifecycle;

/// <summary>Ready means that the models are loaded and the server is not ending.</summary>
internal sealed class ModelHealthCheck(HostedModels models, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The server is ending.")
        : models.IsReady ? HealthCheckResult.Healthy()
        : HealthCheckResult.Unhealthy("The models are being loaded."));
}
