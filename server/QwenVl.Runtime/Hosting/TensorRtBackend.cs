using Microsoft.Extensions.Logging;
using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Telemetry;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference;

namespace QwenVl.Runtime.Hosting;

/// <summary>Runs engines with TensorRT on a GPU.</summary>
public sealed partial class TensorRtBackend : IBackend, IDisposable
{
    private readonly TensorRtDevice _device;
    private readonly ILogger _log;

    private TensorRtBackend(TensorRtDevice device, RuntimeOptions options, ILogger log)
    {
        (_device, _log) = (device, log);
        string cache = options.EngineCache ?? EngineCache.DefaultRoot;
        Engine = EngineBuildOptions.ForPlans(new PlanBuildOptions
        {
            Library = device.Library,
            GpuArchitecture = device.Architecture,
            DeviceIndex = options.Device,
            Limits = LimitsOf(options),
            TimingCachePath = Path.Combine(cache, $"timings-{device.Architecture}-{device.Library.Version.Number}.bin"),
        });
    }

    /// <inheritdoc/>
    public EngineBuildOptions Engine { get; }

    /// <inheritdoc/>
    public string? Failure => _device.Runs.DeviceLoss is { } loss ? $"The GPU is lost to this process: {loss} Start the server anew." : null;

    /// <summary>The largest runs that the options allow: what plans are built for.</summary>
    public static PlanLimits LimitsOf(RuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // Halved a few times it is still a multiple of 64, which is how few rows a short sequence's cache has.
        const int CacheStep = 1024;
        int tokens = (options.MaxPromptTokens + options.MaxNewTokens + CacheStep - 1) / CacheStep * CacheStep;
        return new PlanLimits
        {
            MaxBatch = options.MaxBatchSize,
            // Prompts are read one at a time: a chunk of one fills the GPU.
            MaxPrefillBatch = 1,
            MaxChunk = Math.Min(options.PrefillChunkTokens, tokens),
            MaxSequence = tokens,
        };
    }

    /// <summary>Opens the GPU that the options name.</summary>
    /// <param name="options">Which GPU and library, and how large runs may get.</param>
    /// <param name="metrics">Where memory and runs are counted.</param>
    /// <param name="log">Hears what TensorRT says.</param>
    /// <exception cref="BackendUnavailableException">There is no GPU, or no TensorRT that works.</exception>
    public static TensorRtBackend Open(RuntimeOptions options, RuntimeMetrics metrics, ILogger<TensorRtBackend> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(metrics);
        try
        {
            TensorRtDevice device = TensorRtDevice.Open(new TensorRtDeviceOptions { DeviceIndex = options.Device, LibraryPath = options.TrtPath, Logger = log });
            metrics.Observe(device.Driver.Memory, device.Runs);
            return new TensorRtBackend(device, options, log);
        }
        catch (TensorRtNotFoundException missing)
        {
            // Its message goes on with every place that was tried: for a tool, not for a line of a server's log.
            string reason = missing.Message.Split('\n', 2)[0].TrimEnd();
            throw new BackendUnavailableException($"{reason} {missing.Tried.Count} places were tried; install TensorRT, or name its folder with --trt-path.", missing);
        }
        catch (Exception missing) when (missing is CudaUnavailableException or TensorRtException or CudaException or NotSupportedException)
        {
            throw new BackendUnavailableException(missing.Message.ReplaceLineEndings(" "), missing);
        }
    }

    /// <inheritdoc/>
    public IVisionEncoder LoadEncoder(EngineDirectory engine, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Load(() => _device.LoadEncoder(engine.VisionPlanPath!, engine.Config.Vision, cancellation));
    }

    /// <inheritdoc/>
    public ITextDecoder LoadDecoder(EngineDirectory engine, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Load(() => _device.LoadDecoder(engine.DecoderPlanPath!, engine.Config, cancellation));
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private T Load<T>(Func<T> load)
    {
        try
        {
            T loaded = load();
            if (_device.Runs.GraphRefusal is { } reason) NotRecorded(_log, reason);
            return loaded;
        }
        catch (Exception error) when (error is TensorRtException or CudaException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new CheckpointException(error.Message.ReplaceLineEndings(" "), error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Runs are launched kernel by kernel, which is slower: they cannot be recorded as CUDA graphs. {Reason}")]
    private static partial void NotRecorded(ILogger log, string reason);
}
