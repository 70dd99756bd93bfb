using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.Model.Prompts;
using QwenVl.Model.Text;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Prompting;
using QwenVl.Runtime.Telemetry;
using QwenVl.Server.Lifecycle;
using QwenVl.Server.Streaming;
using QwenVl.Server.Telemetry;

namespace QwenVl.Tests.Functional;

/// <summary>The real service on real engines, on a free port of this machine.</summary>
internal static class LoopbackServer
{
    public static async Task<(WebApplication Server, Uri Address)> StartAsync(EngineDirectory engine)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddMetrics();
        builder.Services.AddOptions();
        builder.Services.TryAddSingleton(TimeProvider.System);
        foreach (Type part in (Type[])[typeof(RuntimeMetrics), typeof(ServerMetrics), typeof(LiveState), typeof(ImagePreparation), typeof(FeaturePipeline), typeof(PromptPreparation), typeof(StreamServices), typeof(HostedModels)])
            builder.Services.AddSingleton(part);
        WebApplication server = builder.Build();
        server.Services.GetRequiredService<HostedModels>().Set(Host(engine, server.Services.GetRequiredService<RuntimeMetrics>()));
        server.MapGrpcService<VisionLanguageService>();
        await server.StartAsync();
        return (server, new Uri(server.Urls.Single()));
    }

    private static ModelHost Host(EngineDirectory engine, RuntimeMetrics metrics)
    {
        CheckpointFingerprint fingerprint = engine.Manifest.Fingerprint;
        var options = new OnnxRuntimeOptions { Spin = false };
        var encoder = new EncodeWorker(OnnxVisionEncoder.Load(engine, options), "test", 1, 8, TimeSpan.Zero, metrics, TimeProvider.System);
        var tower = new HostedTower(fingerprint, engine.Config, encoder);
        QwenTokenizer tokenizer = QwenTokenizer.Load(engine.TokenizerPath);
        var decoder = new DecodeWorker(OnnxTextDecoder.Load(engine, options), 4, 8, 256, metrics, TimeProvider.System);
        return new ModelHost(new HostedModel(tower, tokenizer, new PromptBuilder(tokenizer, engine.Config), decoder), [tower]);
    }
}
