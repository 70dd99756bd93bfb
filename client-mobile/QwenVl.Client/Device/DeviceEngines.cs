using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;

namespace QwenVl.Client.Device;

/// <summary>Opens a folder of engines as the device's model.</summary>
internal static class DeviceEngines
{
    /// <summary>Null where no folder is named.</summary>
    /// <exception cref="QwenVlException">The folder holds no engines that can be used.</exception>
    public static DeviceModel? Open(QwenVlClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (options.DeviceEnginePath is null) return null;
        try
        {
            EngineDirectory engine = EngineDirectory.Open(options.DeviceEnginePath);
            // Between two tokens a phone's cores should sleep, not wait in a loop, and a prompt's memory be the application's again.
            var runtime = new OnnxRuntimeOptions { IntraOpThreads = options.DeviceThreads, Spin = false, KeepRunMemory = false };
            return new DeviceModel
            {
                Fingerprint = engine.Manifest.Fingerprint.Model,
                EngineKey = $"{engine.Manifest.Fingerprint.Model}/{engine.Manifest.Dialect}/{engine.Manifest.VisionWeights}/{engine.Manifest.DecoderWeights}/{engine.Manifest.CreatedBy}",
                TokenizerFingerprint = engine.Manifest.Fingerprint.Tokenizer,
                Config = engine.Config,
                TokenizerPath = engine.TokenizerPath,
                VisionBytes = engine.VisionWeightBytes,
                DecoderBytes = engine.DecoderWeightBytes,
                LoadVision = () => OnnxVisionEncoder.Load(engine, runtime),
                LoadDecoder = () => OnnxTextDecoder.Load(engine, runtime),
            };
        }
        catch (CheckpointException error)
        {
            throw new QwenVlException(QwenVlErrorCode.NoDeviceEngines, error.Message, error);
        }
    }
}
