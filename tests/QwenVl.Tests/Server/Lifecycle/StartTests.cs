using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using QwenVl.Runtime.Errors;
using QwenVl.Server.Lifecycle;
using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Lifecycle;

public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task All_mistakes_in_the_options_are_told_at_once()
    {
        string[] lines = await RefusedAsync(
            "--port", "70000", "--grpc-port", "x", "--max-batch-size", "9", "--feature-cache-mb", "-1", "--host", "nowhere.example", "--model-path", _folder.File("none"), "--client-model-path", _folder.Path);

        Assert.Equal(7, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("Cannot start: --", line, StringComparison.Ordinal));
        Assert.Contains("Cannot start: --port is '70000': it takes a whole number, 0 to 65535.", lines);
        Assert.Contains(lines, line => line.Contains("no folder", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("config.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ports_that_are_the_same_are_refused() => Assert.Contains("must differ", Assert.Single(await RefusedAsync([.. Checkpoints(), "--port", "9000", "--grpc-port", "9000"])), StringComparison.Ordinal);

    [Fact]
    public async Task A_flag_that_does_not_exist_is_named() => Assert.Contains(await RefusedAsync([.. Checkpoints(), "--batch", "3"]), line => line.Contains("--batch", StringComparison.Ordinal));

    [Theory]
    [InlineData("--use-trt")]
    [InlineData("--use-trt", "ON")]
    public async Task Without_a_gpu_and_tensorrt_the_server_does_not_start_where_they_are_insisted_on(params string[] flags)
    {
        Assert.SkipWhen(CudaDriver.TryLoad(out _), "This machine has a GPU.");
        string line = Assert.Single(await RefusedAsync(RunningServer.Flags([.. Checkpoints(), .. flags])));
        Assert.StartsWith("Cannot start: --use-trt: No NVIDIA driver", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_tier_or_keys_that_cannot_be_read_are_told_of()
    {
        string keys = _folder.File("keys");
        await File.WriteAllTextAsync(keys, "somebody");
        string[] lines = await RefusedAsync([.. Checkpoints(), "--redis", "localhost:6379,nonsense=1", "--api-keys-file", keys]);

        Assert.Equal(2, lines.Length);
        Assert.StartsWith("Cannot start: --redis: ", lines[0], StringComparison.Ordinal);
        Assert.Equal($"Cannot start: --api-keys-file, line 1 of {keys}: it has 1 words, where 'tenant-name sha256-of-key' are two.", lines[1]);
    }

    [Fact]
    public async Task Use_trt_takes_on_off_and_auto() => Assert.Equal(
        "Cannot start: --use-trt is 'maybe': it takes one of off, on, auto.",
        Assert.Single(await RefusedAsync([.. Checkpoints(), "--use-trt", "maybe"])));

    [Fact]
    public async Task A_port_in_use_ends_the_start_with_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        string line = Assert.Single(await RefusedAsync([.. Checkpoints(), "--host", "127.0.0.1", "--port", $"{port}", "--grpc-port", "0", "--metrics-port", "0"]));
        Assert.Contains($"{port}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_checkpoint_ends_the_start_with_one_line()
    {
        string checkpoint = TinyCheckpoint.Write(seed: 3), weights = Path.Combine(checkpoint, "model.safetensors");
        byte[] bytes = await File.ReadAllBytesAsync(weights);
        await File.WriteAllBytesAsync(weights, bytes[..^100]);
        string line = Assert.Single(await RefusedAsync(RunningServer.Flags("--model-path", checkpoint, "--client-model-path", TinyCheckpoint.Other)));
        Assert.Contains("model.safetensors", line, StringComparison.Ordinal);
        Directory.Delete(checkpoint, recursive: true);
    }

    [Fact]
    public async Task A_checkpoint_with_a_broken_tokenizer_ends_the_start_with_one_line()
    {
        string checkpoint = TinyCheckpoint.Write(seed: 4);
        await File.WriteAllTextAsync(Path.Combine(checkpoint, "tokenizer.json"), "{");
        string line = Assert.Single(await RefusedAsync(RunningServer.Flags("--model-path", checkpoint, "--client-model-path", TinyCheckpoint.Other)));
        Assert.Contains("tokenizer.json", line, StringComparison.Ordinal);
        Directory.Delete(checkpoint, recursive: true);
    }

    [Fact]
    public async Task While_models_load_probes_are_answered_and_questions_refused()
    {
        using var gate = new Gate();
        await using RunningServer server = await RunningServer.ListenAsync(hooks: new BackendHooks { Loading = gate.Pass });
        await gate.ArrivedAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri(server.HttpAddress, "/health/live"))).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Http.GetAsync(new Uri(server.MetricsAddress, "/health/ready"))).StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await new Health.HealthClient(server.Channel).CheckAsync(new HealthCheckRequest())).Status);
        using (TestStream stream = TestStream.Open(server)) await Refusal.HoldsAsync(stream, StatusCode.Unavailable, RequestReason.Loading);
        using var body = new StringContent("""{"image_base64":"AAAA","text_prompt":"?"}""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage refused = await server.Http.PostAsync(new Uri(server.HttpAddress, "/v1/feature_extract"), body);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (refused.StatusCode, refused.Headers.RetryAfter?.ToString()));

        gate.Open();
        await server.Services.GetRequiredService<HostedModels>().Loaded.WaitAsync(Waiting.Limit);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri(server.MetricsAddress, "/health/ready"))).StatusCode);
    }

    [Fact]
    public async Task Readiness_false_during_warmup_and_overload_truthful()
    {
        var time = new FakeTimeProvider();
        using var gate = new Gate();
        await using RunningServer server = await RunningServer.ListenAsync(
            services => services.AddSingleton<TimeProvider>(time), new BackendHooks { Loading = gate.Pass }, new() { ["Server:OverloadSeconds"] = "7" }, "--max-streams", "1");
        await gate.ArrivedAsync();
        await ReadinessAsync(server, HttpStatusCode.ServiceUnavailable, HealthCheckResponse.Types.ServingStatus.NotServing);
        gate.Open();
        await server.Services.GetRequiredService<HostedModels>().Loaded.WaitAsync(Waiting.Limit);
        await ReadinessAsync(server, HttpStatusCode.OK, HealthCheckResponse.Types.ServingStatus.Serving);

        using TestStream first = await TestStream.GreetAsync(server);
        // Full, but nobody was turned away.
        await ReadinessAsync(server, HttpStatusCode.OK, HealthCheckResponse.Types.ServingStatus.Serving);
        using (TestStream second = TestStream.Open(server)) await Refusal.HoldsAsync(second, StatusCode.ResourceExhausted, RequestReason.StreamLimit);
        await ReadinessAsync(server, HttpStatusCode.ServiceUnavailable, HealthCheckResponse.Types.ServingStatus.NotServing);
        time.Advance(TimeSpan.FromSeconds(6.9));
        await ReadinessAsync(server, HttpStatusCode.ServiceUnavailable, HealthCheckResponse.Types.ServingStatus.NotServing);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await ReadinessAsync(server, HttpStatusCode.OK, HealthCheckResponse.Types.ServingStatus.Serving);

        static async Task ReadinessAsync(RunningServer server, HttpStatusCode http, HealthCheckResponse.Types.ServingStatus grpc)
        {
            Assert.Equal(http, (await server.Http.GetAsync(new Uri(server.MetricsAddress, "/health/ready"))).StatusCode);
            Assert.Equal(grpc, (await new Health.HealthClient(server.Channel).CheckAsync(new HealthCheckRequest())).Status);
        }
    }

    [Fact]
    public async Task A_server_told_to_end_while_it_loads_ends()
    {
        using var gate = new Gate();
        await using RunningServer server = await RunningServer.ListenAsync(hooks: new BackendHooks { Loading = gate.Pass });
        await gate.ArrivedAsync();
        Task stopping = server.StopAsync();
        gate.Open();
        await stopping.WaitAsync(Waiting.Limit);
    }

    [Fact]
    public async Task Two_servers_that_start_together_build_an_engine_once()
    {
        string cache = _folder.File("engines"), checkpoint = TinyCheckpoint.Write(seed: 5);
        string[] flags = ["--model-path", checkpoint, "--client-model-path", checkpoint, "--engine-cache", cache];
        RunningServer[] servers = await Task.WhenAll(RunningServer.StartAsync(flags: flags), RunningServer.StartAsync(flags: flags));
        string[] messages = [.. servers.SelectMany(server => server.Log.GetSnapshot()).Select(record => record.Message)];
        foreach (RunningServer server in servers) await server.DisposeAsync();

        Assert.Single(Directory.GetDirectories(cache, "onnxruntime-*"));
        Assert.Single(messages, message => message.EndsWith("decoder 100 %", StringComparison.Ordinal));
        Directory.Delete(checkpoint, recursive: true);
    }

    [Fact]
    public async Task The_ready_file_tells_the_ports_once_all_is_loaded()
    {
        string path = _folder.File("ready.json");
        await File.WriteAllTextAsync(path, "left by another server");
        using var gate = new Gate();
        await using RunningServer server = await RunningServer.ListenAsync(hooks: new BackendHooks { Loading = gate.Pass }, flags: ["--ready-file", path]);
        await gate.ArrivedAsync();
        Assert.False(File.Exists(path));
        gate.Open();
        await Waiting.UntilAsync(() => File.Exists(path), "the file is written");

        using var ready = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(path));
        Assert.Equal(
            (server.HttpAddress.Port, server.GrpcAddress.Port, server.MetricsAddress.Port, Environment.ProcessId),
            (Number("http"), Number("grpc"), Number("metrics"), Number("pid")));
        int Number(string name) => ready.RootElement.GetProperty(name).GetInt32();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_server_whose_backend_can_run_nothing_any_more_is_unready()
    {
        var hooks = new BackendHooks();
        await using RunningServer server = await RunningServer.StartAsync(hooks: hooks);
        var ready = new Uri(server.MetricsAddress, "/health/ready");
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(ready)).StatusCode);

        hooks.Failure = "The GPU is lost.";

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Http.GetAsync(ready)).StatusCode);
    }

    private static string[] Checkpoints() => ["--model-path", TinyCheckpoint.Folder, "--client-model-path", TinyCheckpoint.Other, "--engine-cache", TinyCheckpoint.EngineCache];

    private static async Task<string[]> RefusedAsync(params string[] args)
    {
        using var error = new StringWriter();
        int exitCode = await ServerHost.RunAsync(args, error, services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerFactory, LoggerFactory>()).WaitAsync(Waiting.Limit);
        Assert.Equal(1, exitCode);
        return error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
