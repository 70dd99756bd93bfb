using System.Text.Json;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;

namespace QwenVl.Model.Manifest;

/// <summary>A built engine: a manifest, the checkpoint's configuration and tokenizer, one graph each for vision tower and decoder, and, where they were built, their TensorRT plans.</summary>
public sealed class EngineDirectory
{
    /// <summary>The vision tower's file name.</summary>
    public const string VisionModelName = "vision.onnx";

    /// <summary>The decoder's file name.</summary>
    public const string DecoderModelName = "decoder.onnx";

    /// <summary>The file name of the vision tower's plan.</summary>
    public const string VisionPlanName = "vision.plan";

    /// <summary>The file name of the decoder's plan.</summary>
    public const string DecoderPlanName = "decoder.plan";

    /// <summary>The file name of the vision tower's weights, where the engine has its own.</summary>
    public const string VisionWeightsName = "vision.weights.bin";

    /// <summary>The file name of the decoder's weights, where the engine has its own.</summary>
    public const string DecoderWeightsName = "decoder.weights.bin";

    /// <summary>The manifest's file name.</summary>
    public const string ManifestName = "manifest.json";

    private EngineDirectory(string path, EngineManifest manifest, ModelConfig config) => (Path, Manifest, Config) = (path, manifest, config);

    /// <summary>The engine's folder, an absolute path.</summary>
    public string Path { get; }

    /// <summary>What the engine says of itself.</summary>
    public EngineManifest Manifest { get; }

    /// <summary>The checkpoint's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>The path of <c>tokenizer.json</c>.</summary>
    public string TokenizerPath => Combine("tokenizer.json");

    /// <summary>The path of the vision tower's graph.</summary>
    public string VisionModelPath => Combine(VisionModelName);

    /// <summary>The path of the decoder's graph.</summary>
    public string DecoderModelPath => Combine(DecoderModelName);

    /// <summary>The path of the vision tower's TensorRT plan; null where the engine has no plans.</summary>
    public string? VisionPlanPath => Manifest.Plans is null ? null : Combine(VisionPlanName);

    /// <summary>The path of the decoder's TensorRT plan; null where the engine has no plans.</summary>
    public string? DecoderPlanPath => Manifest.Plans is null ? null : Combine(DecoderPlanName);

    /// <summary>What the external data of the vision tower's graph is relative to, an absolute path.</summary>
    public string VisionWeightsFolder => WeightsFolder(Manifest.VisionWeights);

    /// <summary>What the external data of the decoder's graph is relative to, an absolute path.</summary>
    public string DecoderWeightsFolder => WeightsFolder(Manifest.DecoderWeights);

    /// <summary>Bytes of the vision tower's weights; of an engine that uses the checkpoint's where they are, the whole checkpoint's.</summary>
    public long VisionWeightBytes => WeightBytes(Manifest.VisionWeights, VisionWeightsName);

    /// <summary>Bytes of the decoder's weights; of an engine that uses the checkpoint's where they are, the whole checkpoint's.</summary>
    public long DecoderWeightBytes => WeightBytes(Manifest.DecoderWeights, DecoderWeightsName);

    /// <summary>Opens an engine's folder and checks that all it refers to is there.</summary>
    /// <exception cref="CheckpointException">A file is missing or was changed, or another version of this software is needed.</exception>
    public static EngineDirectory Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        directory = System.IO.Path.GetFullPath(directory);
        EngineManifest manifest = ReadManifest(System.IO.Path.Combine(directory, ManifestName));
        var engine = new EngineDirectory(directory, manifest, ModelConfigReader.Read(directory));
        foreach (string file in (string[])[engine.TokenizerPath, engine.VisionModelPath, engine.DecoderModelPath])
        {
            if (!File.Exists(file)) throw new CheckpointException($"{file}: missing; build the engine again.");
        }

        if (manifest.Plans is { } plans)
        {
            engine.RequirePlan(VisionPlanName, plans.Vision);
            engine.RequirePlan(DecoderPlanName, plans.Decoder);
        }

        foreach (ExternalFile file in manifest.ExternalFiles)
        {
            var found = new FileInfo(file.Path);
            if (!found.Exists) throw new CheckpointException($"{file.Path}: missing; the engine in {directory} uses the checkpoint's weights where they were. Restore the file, or build the engine again.");
            if (found.Length != file.Length) throw new CheckpointException($"{file.Path}: {found.Length} bytes where the engine in {directory} was built on {file.Length}; build the engine again.");
        }

        return engine;
    }

    private static EngineManifest ReadManifest(string path)
    {
        if (!File.Exists(path)) throw new CheckpointException($"{path}: missing; this is no engine folder.");
        EngineManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(FileBytes.ReadAll(path), ManifestJson.Default.EngineManifest) ?? throw new CheckpointException($"{path}: holds nothing.");
        }
        catch (JsonException error)
        {
            throw new CheckpointException($"{path}: no manifest ({error.Message})", error);
        }

        if (manifest.FormatVersion != EngineManifest.CurrentFormatVersion)
            throw new CheckpointException($"{path}: format_version {manifest.FormatVersion} where {EngineManifest.CurrentFormatVersion} is read; build the engine with this version.");
        if (manifest.PreprocessingVersion != EngineManifest.CurrentPreprocessingVersion)
            throw new CheckpointException($"{path}: preprocessing_version {manifest.PreprocessingVersion} where {EngineManifest.CurrentPreprocessingVersion} is implemented; build the engine with this version.");
        return manifest;
    }

    private void RequirePlan(string name, EnginePlan plan)
    {
        var found = new FileInfo(Combine(name));
        if (!found.Exists) throw new CheckpointException($"{found.FullName}: missing, though the manifest names it; build the engine again.");
        if (found.Length != plan.Bytes)
            throw new CheckpointException($"{found.FullName}: {found.Length} bytes where the manifest says {plan.Bytes}; build the engine again.");
    }

    private long WeightBytes(WeightFormat format, string name) => format.IsQuantised() ? new FileInfo(Combine(name)).Length : Manifest.ExternalFiles.Sum(file => file.Length);

    private string WeightsFolder(WeightFormat format) => format.IsQuantised() ? Path : Manifest.WeightsFolder ?? Path;

    private string Combine(string name) => System.IO.Path.Combine(Path, name);
}
