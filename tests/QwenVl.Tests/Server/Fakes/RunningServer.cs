using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Server.Configuration;
using QwenVl.Server.Lifecycle;
using QwenVl.Server.Telemetry;

namespace QwenVl.Tests.Server.Fakes;

/// <summary>The real server as its program puts it together, on free ports of this machine.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningServer(WebApplication app, BackendHooks hooks)
    {
        (_app, Hooks) = (app, hooks);
        Uri[] addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];
        (HttpAddress, GrpcAddress, MetricsAddress) = (addresses[0], addresses[1], addresses[2]);
        Channel = GrpcChannel.ForAddress(GrpcAddress);
    }

    public BackendHooks Hooks { get; }

    public Uri HttpAddress { get; }

    public Uri GrpcAddress { get; }

    public Uri MetricsAddress { get; }

    public GrpcChannel Channel { get; }

    public HttpClient Http { get; } = new() { Timeout = Waiting.Limit };

    public IServiceProvider Services => _app.Services;

    public LiveState Live => Services.GetRequiredService<LiveState>();

    public ModelHost Models => Services.GetRequiredService<HostedModels>().Require();

    public FakeLogCollector Log => Services.GetFakeLogCollector();

    /// <summary>Flags for free ports, and for the tiny checkpoints where no other is named.</summary>
    public static string[] Flags(params string[] more) =>
    [
        "--host", "127.0.0.1", "--port", "0", "--grpc-port", "0", "--metrics-port", "0", "--threads", "1",
        .. more.Contains("--model-path") ? [] : (string[])["--model-path", TinyCheckpoint.Folder, "--client-model-path", TinyCheckpoint.Other, "--client-model-path", TinyCheckpoint.Folder],
        // What one test uploads is not known to the next, unless it is what a test is about.
        .. more.Contains("--image-cache-mb") ? [] : (string[])["--image-cache-mb", "0"],
        .. more.Contains("--engine-cache") ? [] : (string[])["--engine-cache", TinyCheckpoint.EngineCache],
        .. more,
    ];

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="configure">Replaces services.</param>
    /// <param name="hooks">Called before each thing that the backend does.</param>
    /// <param name="settings">What a settings file would say.</param>
    /// <param name="flags">Flags besides <see cref="Flags"/>.</param>
    public static async Task<RunningServer> StartAsync(Action<IServiceCollection>? configure = null, BackendHooks? hooks = null, Dictionary<string, string?>? settings = null, params string[] flags)
    {
        RunningServer server = await ListenAsync(configure, hooks, settings, flags);
        await server.Services.GetRequiredService<HostedModels>().Loaded.WaitAsync(Waiting.Limit);
        return server;
    }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<RunningServer> ListenAsync(Action<IServiceCollection>? configure = null, BackendHooks? hooks = null, Dictionary<string, string?>? settings = null, params string[] flags)
    {
        hooks ??= new BackendHooks();
        QwenVl.Server.Configuration.CommandLine line = ServerCommandLine.Parse(Flags(flags));
        WebApplication app = ServerHost.Build(line with { Settings = line.Settings.Concat(settings ?? []).ToDictionary() }, services =>
        {
            services.AddSingleton<OnnxRuntimeBackend>();
            services.AddSingleton<IBackend>(provider => new HookedBackend(provider.GetRequiredService<OnnxRuntimeBackend>(), hooks));
            services.RemoveAll<ILoggerProvider>();
            services.AddFakeLogging();
            services.AddSingleton<ILoggerFactory, LoggerFactory>();
            configure?.Invoke(services);
        });
        await app.StartAsync();
        return new RunningServer(app, hooks);
    }

    /// <summary>Tells the server to end, as a signal does.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>No question is under way and the decoder holds nothing.</summary>
    public Task BaselineAfterQuestionsAsync() =>
        Waiting.UntilAsync(() => Live.Questions == 0 && Models.Model.Decoder is { ActiveSequences: 0, Waiting: 0 }, "the decoder is free");

    /// <summary>Nothing is open, held or under way, and nothing was logged as a defect.</summary>
    public async Task BaselineAsync()
    {
        await Waiting.UntilAsync(
            () => Live is { Streams: 0, Questions: 0, ImageBytes: 0, Requests: 0 } && Services.GetRequiredService<ImagePreparation>() is { HeldBytes: 0, Waiting: 0 } && Models.Model.Decoder is { ActiveSequences: 0, Waiting: 0 },
            "the server returns to its baseline");
        Assert.DoesNotContain(Log.GetSnapshot(), record => record.Level >= LogLevel.Error);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
