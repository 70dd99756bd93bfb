using Microsoft.Extensions.Diagnostics.HealthChecks;
using QwenVl.Server.Admission;

namespace QwenVl.Server.Lifecycle;

/// <summary>Not ready while work is turned away: a load balancer sends new streams elsewhere, those under way go on.</summary>
internal sealed class OverloadHealthCheck(OverloadSignal overload) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        overload.IsOverloaded ? HealthCheckResult.Unhealthy("The server is turning work away.") : HealthCheckResult.Healthy());
}
