using OpenTelemetry.Trace;

namespace QwenVl.Server.Telemetry;

/// <summary>Sends traces over OTLP, configured as OpenTelemetry's own variables say.</summary>
internal static class TraceExport
{
    /// <summary>Where traces go, as a URL; without it there are none.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Listens and exports where <see cref="Endpoint"/> is set: without a listener nothing is recorded.</summary>
    public static void AddTraceExport(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[Endpoint])) return;
        services.AddOpenTelemetry().WithTracing(traces => traces
            .AddSource(QuestionTrace.SourceName)
            .AddAspNetCoreInstrumentation(calls => calls.Filter = IsNoProbe)
            .AddOtlpExporter());
    }

    /// <summary>Probes and scrapes come every few seconds and tell nothing.</summary>
    private static bool IsNoProbe(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/metrics");
}
