using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using QwenVl.Engines.Building;
using QwenVl.Model.Checkpoints;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Server.Configuration;

namespace QwenVl.Server.Lifecycle;

/// <summary>Loads the models once the server listens, so that probes are answered meanwhile; a failure ends the server with one line.</summary>
internal sealed class ModelLoading(ModelLoader loader, HostedModels models, IServer server, IOptions<ServerOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ModelLoading> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long start = time.GetTimestamp();
        try
        {
            // What a server before this one left would send clients to ports that are closed.
            if (options.Value.ReadyFile is { } left) File.Delete(left);
            await ListeningAsync(stoppingToken);
            ModelHost host = await loader.LoadAsync(new BuildLog(log), stoppingToken);
            int[] ports = [.. server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => BindingAddress.Parse(address).Port)];
            models.Set(host);
            if (options.Value.ReadyFile is { } path) await WriteReadyFileAsync(path, ports, stoppingToken);
            log.Ready(time.GetElapsedTime(start).TotalSeconds, ports[(int)Port.Http], ports[(int)Port.Grpc], ports[(int)Port.Metrics], ImagePreparation.Decoder);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is ending before it was ready.
        }
        catch (Exception error)
        {
            // A checkpoint or a folder that is not as it should be is told of in one line; anything else is a defect.
            if (error is not (CheckpointException or IOException or UnauthorizedAccessException or InvalidDataException)) log.LoadingFailed(error);
            models.Fail(error);
            lifetime.StopApplication();
        }
    }

    /// <summary>Waits until probes are answered: the host starts Kestrel after its background services.</summary>
    private async Task ListeningAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    private static async Task WriteReadyFileAsync(string path, int[] ports, CancellationToken cancellation)
    {
        string json = JsonSerializer.Serialize(new { http = ports[(int)Port.Http], grpc = ports[(int)Port.Grpc], metrics = ports[(int)Port.Metrics], pid = Environment.ProcessId });
        // A reader sees the whole file or none.
        await File.WriteAllTextAsync(path + ".writing", json, cancellation);
        File.Move(path + ".writing", path, overwrite: true);
    }

    private sealed class BuildLog(ILogger log) : IProgress<(string Checkpoint, EngineBuildProgress Build)>
    {
        private readonly Lock _lock = new();
        private (string, string, int) _last;

        public void Report((string Checkpoint, EngineBuildProgress Build) value)
        {
            const int Steps = 4;
            (string, string, int) now = (value.Checkpoint, value.Build.Stage, (int)(value.Build.Fraction * Steps));
            lock (_lock)
            {
                if (now == _last) return;
                _last = now;
            }

            log.Building(value.Checkpoint, value.Build.Stage, value.Build.Fraction * 100);
        }
    }
}
