using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using QwenVl.Engines.Building;
using QwenVl.Model.Checkpoints;
using QwenVl.Runtime.Hosting;
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
            // Listening comes first: the host starts Kestrel after its background services.
            await Task.Delay(Timeout.InfiniteTimeSpan, time, lifetime.ApplicationStarted).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            models.Set(await loader.LoadAsync(new BuildLog(log), stoppingToken));
            log.Ready(time.GetElapsedTime(start).TotalSeconds);
            await WriteReadyFileAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is ending before it was ready.
        }
        catch (Exception error) when (error is CheckpointException or IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            log.CannotStart(error.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task WriteReadyFileAsync(CancellationToken cancellation)
    {
        if (options.Value.ReadyFile is not { } path) return;
        int[] ports = [.. server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => BindingAddress.Parse(address).Port)];
        string json = JsonSerializer.Serialize(new { http = ports[0], grpc = ports[1], metrics = ports[2], pid = Environment.ProcessId });
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
