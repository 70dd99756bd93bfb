using Microsoft.Extensions.Options;
using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.Model.Prompts;
using QwenVl.Model.Text;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Hosting;

/// <summary>Builds what engines are missing and loads them.</summary>
public sealed class ModelLoader(IBackend backend, IOptions<RuntimeOptions> options, RuntimeMetrics metrics, TimeProvider time)
{
    /// <summary>Loads the writer and the clients' towers.</summary>
    /// <param name="progress">Receives which checkpoint is at which stage of its build.</param>
    /// <param name="cancellation">Ends the work; nothing half-built stays.</param>
    /// <returns>Everything hosted; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">A checkpoint is missing, incomplete or damaged.</exception>
    /// <exception cref="IOException">The engine cache cannot be written.</exception>
    public async Task<ModelHost> LoadAsync(IProgress<(string Checkpoint, EngineBuildProgress Build)>? progress, CancellationToken cancellation)
    {
        var cache = new EngineCache(options.Value.EngineCache ?? EngineCache.DefaultRoot);
        var owned = new Stack<IDisposable>();
        try
        {
            // All are built before any is loaded: a builder on a GPU wants the memory that loaded models hold.
            EngineDirectory engine = await BuildAsync(cache, options.Value.ModelPath, progress, cancellation);
            IEnumerable<string> paths = options.Value.ClientModelPaths.Count > 0 ? options.Value.ClientModelPaths : [RuntimeOptions.DefaultClientModelPath];
            var clients = new List<EngineDirectory>();
            foreach (string path in paths) clients.Add(await BuildAsync(cache, path, progress, cancellation));

            HostedModel model = LoadModel(engine, cancellation);
            owned.Push(model);
            var towers = new Dictionary<string, HostedTower>();
            foreach (EngineDirectory client in clients)
            {
                string fingerprint = client.Manifest.Fingerprint.Model;
                if (towers.ContainsKey(fingerprint)) continue;
                if (fingerprint == model.Tower.Fingerprint.Model) towers[fingerprint] = model.Tower;
                else owned.Push(towers[fingerprint] = LoadTower(client, cancellation));
            }

            return new ModelHost(model, towers.Values);
        }
        catch
        {
            while (owned.TryPop(out IDisposable? item)) item.Dispose();
            throw;
        }
    }

    private async Task<EngineDirectory> BuildAsync(EngineCache cache, string path, IProgress<(string, EngineBuildProgress)>? progress, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        EngineDirectory engine = await cache.GetOrBuildAsync(path, backend.Engine, progress is null ? null : new Relay(progress, path), cancellation);
        metrics.EngineReady("build", "whole", time.GetElapsedTime(start).TotalSeconds);
        return engine;
    }

    private HostedModel LoadModel(EngineDirectory engine, CancellationToken cancellation)
    {
        QwenTokenizer tokenizer = QwenTokenizer.Load(engine.TokenizerPath);
        var prompts = new PromptBuilder(tokenizer, engine.Config);
        RuntimeOptions limits = options.Value;
        HostedTower tower = LoadTower(engine, cancellation);
        try
        {
            var decoder = new DecodeWorker(Timed("load", "decoder", () => backend.LoadDecoder(engine, cancellation)), DecodeLimits.Of(limits), metrics, time);
            return new HostedModel(tower, tokenizer, prompts, decoder);
        }
        catch
        {
            tower.Dispose();
            throw;
        }
    }

    private HostedTower LoadTower(EngineDirectory engine, CancellationToken cancellation)
    {
        RuntimeOptions limits = options.Value;
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(engine.Manifest.WeightsFolder ?? engine.Path));
        var worker = new EncodeWorker(Timed("load", "vision", () => backend.LoadEncoder(engine, cancellation)), name, limits.MaxBatchSize, limits.MaxQueueLength, TimeSpan.FromMilliseconds(limits.MaxQueueDelayMs), metrics, time, TimeSpan.FromMilliseconds(limits.MaxQueueWaitMs));
        return new HostedTower(engine.Manifest.Fingerprint, engine.Config, worker) { Engine = Describe(engine.Manifest) };
    }

    private static string Describe(EngineManifest manifest) =>
        manifest.Plans is { } plans ? $"{plans.Product} {plans.Version} {plans.GpuArchitecture} {manifest.VisionWeights}" : $"{manifest.Dialect} {manifest.VisionWeights}";

    private T Timed<T>(string stage, string part, Func<T> work)
    {
        long start = time.GetTimestamp();
        T result = work();
        metrics.EngineReady(stage, part, time.GetElapsedTime(start).TotalSeconds);
        return result;
    }

    private sealed class Relay(IProgress<(string, EngineBuildProgress)> progress, string path) : IProgress<EngineBuildProgress>
    {
        public void Report(EngineBuildProgress value) => progress.Report((path, value));
    }
}
