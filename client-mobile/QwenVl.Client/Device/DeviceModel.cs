using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;

namespace QwenVl.Client.Device;

/// <summary>What the device runs, and how to load it.</summary>
internal sealed record DeviceModel
{
    /// <summary>The checkpoint's fingerprint, which the server's features must carry.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Tells engines apart that are of one checkpoint and not of one speed.</summary>
    public string EngineKey { get; init; } = "";

    /// <summary>The fingerprint of its tokenizer, which the server must share.</summary>
    public required string TokenizerFingerprint { get; init; }

    /// <summary>The checkpoint's shape.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>The path of its <c>tokenizer.json</c>.</summary>
    public required string TokenizerPath { get; init; }

    /// <summary>Bytes of the vision tower's weights.</summary>
    public long VisionBytes { get; init; }

    /// <summary>Bytes of the decoder's weights.</summary>
    public long DecoderBytes { get; init; }

    /// <summary>Loads the vision tower; called on the device's thread, again where it was freed.</summary>
    public required Func<IVisionEncoder> LoadVision { get; init; }

    /// <summary>Loads the decoder; called on the device's thread, again where it was freed.</summary>
    public required Func<ITextDecoder> LoadDecoder { get; init; }
}
