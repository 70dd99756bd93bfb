using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Model.Manifest;

namespace QwenVl.Benchmarks.Micro;

/// <summary>The engine of the embedded checkpoint that devices run, with a decoder of 4 bits.</summary>
internal static class EmbeddedDevice
{
    /// <summary>Builds it where it has not been built.</summary>
    public static Task<EngineDirectory> BuildAsync() =>
        new EngineCache(Path.Combine(RepositoryFolder.Root, "artifacts", "benchmarks", "engines")).GetOrBuildAsync(
            Path.Combine(RepositoryFolder.Root, "engines", "nano", "device"),
            new EngineBuildOptions { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Int4Block32 });
}
