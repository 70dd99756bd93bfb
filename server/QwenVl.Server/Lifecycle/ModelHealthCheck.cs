using Microsoft.Extensions.Diagnostics.HealthChecks;
using QwenVl.Runtime.Hosting;

namespace QwenVl.Server.Lifecycle;

/// <summary>Ready means that the models are loaded and can run, and the server is not ending.</summary>
internal sealed class ModelHealthCheck(HostedModels models, IBackend backend, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The server is ending.")
        : backend.Failure is { } failure ? HealthCheckResult.Unhealthy(failure)
        : models.IsReady ? HealthCheckResult.Healthy()
        : HealthCheckResult.Unhealthy("The models are being loaded."));
}
