using QwenVl.Engines.Building;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;

namespace QwenVl.Tests.Golden;

/// <summary>Builds engines of the golden checkpoint into a folder that lives as long as the tests that share it.</summary>
public sealed class GoldenEngine : IDisposable
{
    private readonly Dictionary<EngineBuildOptions, EngineDirectory> _built = [];
    private readonly Lock _lock = new();

    /// <summary>A fresh folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("qwenvl-").FullName;

    internal EngineDirectory Build(EngineDialect dialect, WeightFormat vision, WeightFormat decoder) =>
        Build(new EngineBuildOptions { Dialect = dialect, VisionWeights = vision, DecoderWeights = decoder });

    internal EngineDirectory Build(EngineBuildOptions options)
    {
        lock (_lock)
        {
            if (_built.TryGetValue(options, out EngineDirectory? engine)) return engine;
            string target = Path.Combine(Folder, $"{_built.Count}-{options.Dialect}");
            using Checkpoint checkpoint = Checkpoint.Open(GoldenFolder.Checkpoint);
            EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, target);
            _built.Add(options, engine = EngineDirectory.Open(target));
            return engine;
        }
    }

    internal EngineDirectory Float32() => Build(EngineDialect.OnnxRuntime, WeightFormat.Float32, WeightFormat.Float32);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
