using System.Text.Json;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Model.Manifest;

/// <summary>What an engine folder says of itself in <c>manifest.json</c>.</summary>
public sealed record EngineManifest
{
    /// <summary>The layout of engine folders that this version reads and writes.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The preparation of pictures that this version implements; features of another one do not fit.</summary>
    public const string CurrentPreprocessingVersion = Vision.ImagePreprocessor.Version;

    /// <summary>The folder's layout; another than <see cref="CurrentFormatVersion"/> is refused.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The checkpoint that the engine was built from.</summary>
    public required CheckpointFingerprint Fingerprint { get; init; }

    /// <summary>Which operators the graphs use.</summary>
    public required EngineDialect Dialect { get; init; }

    /// <summary>How the vision tower's weights are held.</summary>
    public required WeightFormat VisionWeights { get; init; }

    /// <summary>How the decoder's weights are held.</summary>
    public required WeightFormat DecoderWeights { get; init; }

    /// <summary>The preparation of pictures that the vision tower expects.</summary>
    public required string PreprocessingVersion { get; init; }

    /// <summary>The version of this software that built the engine.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The absolute folder of weights that are used where they were downloaded; null where the engine holds all of its weights.</summary>
    public string? WeightsFolder { get; init; }

    /// <summary>The files under <see cref="WeightsFolder"/> that the graphs read; empty where there is none.</summary>
    public IReadOnlyList<ExternalFile> ExternalFiles { get; init; } = [];

    /// <summary>What TensorRT made of the graphs; null where the graphs are run as they are.</summary>
    public EnginePlans? Plans { get; init; }

    /// <summary>Writes the manifest.</summary>
    /// <param name="directory">The engine's folder.</param>
    public void Write(string directory) =>
        File.WriteAllBytes(Path.Combine(directory, EngineDirectory.ManifestName), JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.EngineManifest));
}
