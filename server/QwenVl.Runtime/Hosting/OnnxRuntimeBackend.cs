using Microsoft.Extensions.Options;
using QwenVl.Engines.Building;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.Runtime.Configuration;

namespace QwenVl.Runtime.Hosting;

/// <summary>Runs engines with ONNX Runtime on the CPU.</summary>
public sealed class OnnxRuntimeBackend(IOptions<RuntimeOptions> options) : IBackend
{
    // Two towers and a decoder share the cores: threads that spin while they wait would take them from each other.
    private readonly OnnxRuntimeOptions _options = new()
    {
        IntraOpThreads = options.Value.IntraOpThreads,
        Spin = false,
        MaxSequenceLength = options.Value.MaxPromptTokens + options.Value.MaxNewTokens,
    };

    /// <inheritdoc/>
    public EngineBuildOptions Engine { get; } = new() { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 };

    /// <inheritdoc/>
    public IVisionEncoder LoadEncoder(EngineDirectory engine, CancellationToken cancellation) => OnnxVisionEncoder.Load(engine, _options);

    /// <inheritdoc/>
    public ITextDecoder LoadDecoder(EngineDirectory engine, CancellationToken cancellation) => OnnxTextDecoder.Load(engine, _options);
}
