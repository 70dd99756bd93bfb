using QwenVl.Model.Configuration;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Execution;
using QwenVl.TensorRt.Inference.Decoding;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Plans;
using QwenVl.TensorRt.Inference.Vision;

namespace QwenVl.TensorRt.Inference;

/// <summary>A GPU with TensorRT, ready to load plans. Towers and decoders are loaded from one thread at a time, and each runs on its own.</summary>
public sealed class TensorRtDevice : IDisposable
{
    private readonly OwnedParts _parts = new();
    private readonly TensorRtRuntime _runtime;
    private readonly TensorRtInferenceOptions _options;

    private TensorRtDevice(CudaDriver driver, TensorRtLibrary library, TensorRtDeviceOptions options)
    {
        (Driver, Library, _options) = (driver, library, new TensorRtInferenceOptions { UseCudaGraphs = options.UseCudaGraphs });
        try
        {
            Context = _parts.Add(new CudaContext(driver.GetDevice(options.DeviceIndex)));
            Context.MakeCurrent();
            _runtime = _parts.Add(library.CreateRuntime());
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <summary>The driver; its ledger says how much memory this process holds.</summary>
    public CudaDriver Driver { get; }

    /// <summary>TensorRT.</summary>
    public TensorRtLibrary Library { get; }

    /// <summary>The GPU's context.</summary>
    public CudaContext Context { get; }

    /// <summary>How runs were started so far.</summary>
    public RunCounter Runs => _options.Runs;

    /// <summary>The GPU's generation, such as sm90: plans are built for one.</summary>
    public string Architecture => Context.Device.Architecture;

    /// <summary>Opens a GPU.</summary>
    /// <exception cref="CudaUnavailableException">There is no driver or no such GPU.</exception>
    /// <exception cref="TensorRtNotFoundException">There is no TensorRT; the message lists where it was looked for.</exception>
    /// <exception cref="TensorRtException">TensorRT does not work on this machine.</exception>
    public static TensorRtDevice Open(TensorRtDeviceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // The driver first: without a GPU it does not matter which libraries there are.
        CudaDriver driver = CudaDriver.Load();
        if (options.DeviceIndex < 0 || options.DeviceIndex >= driver.DeviceCount)
            throw new CudaUnavailableException($"There is no GPU {options.DeviceIndex}: the driver counts {driver.DeviceCount}, from 0.");
        TensorRtLibrary library = TensorRtLibrary.Load(new TensorRtOptions { Location = options.LibraryPath, Logger = options.Logger });
        return new TensorRtDevice(driver, library, options);
    }

    /// <summary>Loads a tower's plan and runs every size of batch once.</summary>
    /// <param name="planPath">The plan.</param>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The tower; the caller disposes it before this.</returns>
    /// <exception cref="TensorRtException">The plan is for another GPU or version, or damaged.</exception>
    public TensorRtVisionEncoder LoadEncoder(string planPath, VisionConfig config, CancellationToken cancellationToken)
    {
        Context.MakeCurrent();
        var encoder = new TensorRtVisionEncoder(new TensorRtPlan(_runtime.LoadFile(planPath)), config, Context, _options);
        return WarmedUp(encoder, encoder.WarmUp, cancellationToken);
    }

    /// <summary>Loads a decoder's plan and runs every size of step once.</summary>
    /// <param name="planPath">The plan.</param>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The decoder; the caller disposes it before this.</returns>
    /// <exception cref="TensorRtException">The plan is for another GPU or version, or damaged.</exception>
    public TensorRtTextDecoder LoadDecoder(string planPath, ModelConfig config, CancellationToken cancellationToken)
    {
        Context.MakeCurrent();
        var decoder = new TensorRtTextDecoder(new TensorRtPlan(_runtime.LoadFile(planPath)), config, Context, _options);
        return WarmedUp(decoder, decoder.WarmUp, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Shutdown.MakeCurrent(Context);
        _parts.Dispose();
    }

    private static T WarmedUp<T>(T loaded, Action<CancellationToken> warmUp, CancellationToken cancellationToken)
        where T : IDisposable
    {
        try
        {
            warmUp(cancellationToken);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }
}
