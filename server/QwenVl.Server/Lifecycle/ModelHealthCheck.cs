using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QwenVl.Server.Lifecycle;

/// <summary>Ready means that the models are loaded.</summary>
internal sealed class ModelHealthCheck(HostedModels models) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(models.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The models are being loaded."));
}
