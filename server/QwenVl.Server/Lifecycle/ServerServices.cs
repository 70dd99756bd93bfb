using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Prompting;
using QwenVl.Runtime.Telemetry;
using QwenVl.Server.Admission;
using QwenVl.Server.Configuration;
using QwenVl.Server.Http;
using QwenVl.Server.Streaming;
using QwenVl.Server.Telemetry;
using QwenVl.Server.Tenancy;

namespace QwenVl.Server.Lifecycle;

/// <summary>What the server is made of.</summary>
internal static class ServerServices
{
    /// <summary>Registers everything.</summary>
    public static void Add(IServiceCollection services, ServerSettings settings, IConfiguration configuration)
    {
        services.AddSingleton(Options.Create(settings.Runtime));
        services.AddSingleton(Options.Create(settings.Server));
        // Questions have their time to end in; then what hangs is cut.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(settings.Server.DrainSeconds + 5));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<RuntimeMetrics>();
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<LiveState>();
        services.AddSingleton<AdmissionControl>();
        services.AddSingleton<OverloadSignal>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<ImagePreparation>();
        services.AddSingleton<FeaturePipeline>();
        services.AddSingleton<PromptPreparation>();
        services.AddSingleton(OpenBackend);
        services.AddSingleton<ModelLoader>();
        services.AddSingleton<HostedModels>();
        services.AddSingleton<StreamServices>();
        services.AddSingleton<FeatureExtraction>();
        services.AddHostedService<ModelLoading>();
        services.AddTenants(settings.Keys);
        services.AddProblemDetails();
        services.AddGrpc();
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks(health => health.Services.Map(Protos.V1.VisionLanguage.Descriptor.FullName, _ => true)).AddCheck<ModelHealthCheck>("models").AddCheck<OverloadHealthCheck>("load");
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(RuntimeMetrics.MeterName, ServerMetrics.MeterName, "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddPrometheusExporter());
        // After the exporter, which starts before it.
        services.AddHostedService<FirstCounts>();
        services.AddTraceExport(configuration);
    }

    private static IBackend OpenBackend(IServiceProvider services)
    {
        IOptions<RuntimeOptions> options = services.GetRequiredService<IOptions<RuntimeOptions>>();
        try
        {
            return BackendSelection.Choose(
                options.Value.UseTrt,
                () => TensorRtBackend.Open(options.Value, services.GetRequiredService<RuntimeMetrics>(), services.GetRequiredService<ILogger<TensorRtBackend>>()),
                () => new OnnxRuntimeBackend(options),
                services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(BackendSelection)));
        }
        catch (BackendUnavailableException missing)
        {
            throw new StartException([$"--use-trt: {missing.Message}"]);
        }
    }

    /// <summary>Maps each port's paths.</summary>
    public static void Map(WebApplication app)
    {
        // Measured from the start on, not from the first stream on.
        app.Services.GetRequiredService<LiveState>();
        // Connects to the shared tier while models are loaded.
        app.Services.GetRequiredService<FeaturePipeline>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UsePortsOfEndpoints();
        app.UseTenants();
        app.MapPost("/v1/feature_extract", FeatureExtractEndpoint.HandleAsync).On(Port.Http).ForTenants(app.Services);
        app.Map("/v1/feature_extract", FeatureExtractEndpoint.RefuseMethod).On(Port.Http).ForTenants(app.Services);
        app.MapGrpcService<VisionLanguageService>().On(Port.Grpc).ForTenants(app.Services);
        app.MapGrpcReflectionService().On(Port.Grpc).ForTenants(app.Services);
        app.MapGrpcHealthChecksService().On(Port.Grpc);
        app.MapPrometheusScrapingEndpoint().On(Port.Metrics);
        app.MapHealthChecks("/health/ready").On(Port.Http, Port.Metrics);
        app.MapGet("/health/live", () => Results.Ok()).On(Port.Http, Port.Metrics);
    }
}
