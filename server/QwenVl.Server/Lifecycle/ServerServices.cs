using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Prompting;
using QwenVl.Runtime.Telemetry;
using QwenVl.Server.Configuration;
using QwenVl.Server.Http;
using QwenVl.Server.Streaming;
using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Lifecycle;

/// <summary>What the server is made of.</summary>
internal static class ServerServices
{
    /// <summary>Registers everything but the models themselves.</summary>
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RuntimeOptions>().Bind(configuration.GetSection(RuntimeOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ServerOptions>().Bind(configuration.GetSection(ServerOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<RuntimeMetrics>();
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<LiveState>();
        services.AddSingleton<ImagePreparation>();
        services.AddSingleton<FeaturePipeline>();
        services.AddSingleton<PromptPreparation>();
        services.AddSingleton<ModelLoader>();
        services.AddSingleton<HostedModels>();
        services.AddSingleton<StreamServices>();
        services.AddSingleton<FeatureExtraction>();
        services.AddProblemDetails();
        services.AddGrpc();
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck<ModelHealthCheck>("models");
        services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(RuntimeMetrics.MeterName, ServerMetrics.MeterName, "Microsoft.AspNetCore.Server.Kestrel").AddPrometheusExporter());
    }

    /// <summary>Opens the ports: HTTP, gRPC as cleartext HTTP/2, metrics; in this order.</summary>
    public static void Listen(KestrelServerOptions kestrel, ServerOptions server, RuntimeOptions runtime)
    {
        const int JsonOverhead = 64 * 1024;
        kestrel.Limits.MaxRequestBodySize = runtime.MaxImageBytes / 3L * 4 + JsonOverhead;
        IPAddress address = server.Host == "*" ? IPAddress.Any : IPAddress.Parse(server.Host);
        kestrel.Listen(address, server.Port, listen => listen.Protocols = HttpProtocols.Http1AndHttp2);
        kestrel.Listen(address, server.GrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        kestrel.Listen(address, server.MetricsPort, listen => listen.Protocols = HttpProtocols.Http1);
    }

    /// <summary>Maps each port's paths.</summary>
    public static void Map(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapGrpcService<VisionLanguageService>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
        app.MapHealthChecks("/health/ready");
        app.MapGet("/health/live", () => Results.Ok());
        app.MapPost("/v1/feature_extract", FeatureExtractEndpoint.HandleAsync);
        app.MapPrometheusScrapingEndpoint();
    }
}
