using System.Reflection;
using Google.Protobuf;
using QwenVl.Engines.Decoder;
using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Quantization;
using QwenVl.Engines.Vision;
using QwenVl.Engines.Weights;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Building;

/// <summary>Emits one engine's graphs, weights and manifest into a folder that nobody else sees yet.</summary>
internal sealed class EngineEmitter(
    Checkpoint checkpoint,
    EngineBuildOptions options,
    string folder,
    IProgress<EngineBuildProgress>? progress,
    CancellationToken cancellationToken)
{
    /// <summary>Changes with every change of the emitted graphs: cached engines of another version are not used.</summary>
    public const int Version = 3;

    private const string VisionPrefix = "model.visual.";
    private readonly InPlaceWeights _inPlace = new(checkpoint);

    public static string SoftwareVersion { get; } =
        typeof(EngineEmitter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>What the graphs' external data is relative to.</summary>
    public string WeightsFolder => _inPlace.Folder;

    public void EmitGraphs()
    {
        Emit("vision", EngineDirectory.VisionModelName, options.VisionWeights, dialect => new VisionGraph(dialect, checkpoint.Config.Vision).Emit());
        Emit("decoder", EngineDirectory.DecoderModelName, options.DecoderWeights, dialect => new DecoderGraph(dialect, checkpoint.Config).Emit());
    }

    public void WriteManifest(CheckpointFingerprint fingerprint, EnginePlans? plans)
    {
        bool refers = !options.VisionWeights.IsQuantised() || !options.DecoderWeights.IsQuantised();
        new EngineManifest
        {
            FormatVersion = EngineManifest.CurrentFormatVersion,
            Fingerprint = fingerprint,
            Dialect = options.Dialect,
            VisionWeights = options.VisionWeights,
            DecoderWeights = options.DecoderWeights,
            PreprocessingVersion = EngineManifest.CurrentPreprocessingVersion,
            CreatedBy = SoftwareVersion,
            WeightsFolder = refers ? _inPlace.Folder : null,
            ExternalFiles = refers ? [.. _inPlace.Files.Select(path => new ExternalFile(path, new FileInfo(path).Length))] : [],
            Plans = plans,
        }.Write(folder);
    }

    private void Emit(string stage, string fileName, WeightFormat format, Action<Dialect> emit)
    {
        cancellationToken.ThrowIfCancellationRequested();
        progress?.Report(new EngineBuildProgress(stage, 0));
        var graph = new GraphBuilder(stage, options.Dialect is EngineDialect.TensorRt11 ? TensorRt11Dialect.Opset : TensorRt10Dialect.Opset);
        if (format.IsQuantised())
        {
            using var packed = new PackedWeights(checkpoint, Path.Combine(folder, stage + ".weights.bin"), Counter(stage), cancellationToken);
            emit(new OnnxRuntimeDialect(graph, new GraphWeights(graph, checkpoint, packed), Projection(format, packed), options.CacheScales));
        }
        else
        {
            emit(InPlace(graph, format));
        }

        using FileStream file = File.Create(Path.Combine(folder, fileName));
        graph.Build(SoftwareVersion).WriteTo(file);
        progress?.Report(new EngineBuildProgress(stage, 1));
    }

    private IProjection Projection(WeightFormat format, PackedWeights packed) => format is WeightFormat.Int8Dynamic
        ? new DynamicProjection(checkpoint, packed)
        : new QuantizedProjection(checkpoint, packed, BlockLayout.Of(format), options.SharesEmbedding && checkpoint.Config.TieWordEmbeddings);

    private Dialect InPlace(GraphBuilder graph, WeightFormat format)
    {
        var weights = new GraphWeights(graph, checkpoint, _inPlace);
        ElementType compute = format is WeightFormat.BFloat16 ? ElementType.BFloat16 : ElementType.Float32;
        return options.Dialect switch
        {
            EngineDialect.TensorRt10 => new TensorRt10Dialect(graph, weights, compute, options.TopTokens),
            EngineDialect.TensorRt11 => new TensorRt11Dialect(graph, weights, compute, options.TopTokens, options.GraphCapacity),
            _ => new OnnxRuntimeDialect(graph, weights, new PlainProjection(), options.CacheScales),
        };
    }

    private Action<long> Counter(string stage)
    {
        bool vision = stage == "vision";
        long total = checkpoint.Tensors.Values.Where(tensor => tensor.Name.StartsWith(VisionPrefix, StringComparison.Ordinal) == vision).Sum(tensor => tensor.Length);
        // A tied table that is not shared is read twice: as it is, and quantised as the head.
        if (!vision && checkpoint.Config.TieWordEmbeddings && !options.SharesEmbedding) total += checkpoint.Get("model.language_model.embed_tokens.weight").Length;
        long done = 0;
        return bytes => progress?.Report(new EngineBuildProgress(stage, Math.Min(1, (double)(done += bytes) / total)));
    }
}
