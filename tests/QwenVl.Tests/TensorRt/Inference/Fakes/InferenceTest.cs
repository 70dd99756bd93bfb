using QwenVl.Engines.Building;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Inference.Fakes;

/// <summary>A small checkpoint's engines, to be run on a fake device and on the CPU. At the end nothing may be left on the device.</summary>
public abstract class InferenceTest : FakeCudaTest
{
    private protected static readonly PlanLimits Limits = new() { MaxBatch = 4, MaxChunk = 32, MaxSequence = 512, PatchBuckets = [256, 1024] };

    private readonly TemporaryFolder _folder = new();

    private protected InferenceTest() => SyntheticCheckpoint.Write(_folder.File("model"));

    private protected EngineDirectory Build(EngineDialect dialect)
    {
        string target = _folder.File(dialect.ToString());
        if (Directory.Exists(target)) return EngineDirectory.Open(target);
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        var options = new EngineBuildOptions { Dialect = dialect, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32, TopTokens = 8, CacheCapacity = Limits.MaxSequence };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, target);
        return EngineDirectory.Open(target);
    }

    private protected OrtPlan VisionPlan(EngineDialect dialect)
    {
        EngineDirectory engine = Build(dialect);
        return new OrtPlan(Fake, engine.VisionModelPath, engine.VisionWeightsFolder, signature => OptimizationProfiles.Vision(signature, Limits));
    }

    private protected OrtPlan DecoderPlan(EngineDialect dialect)
    {
        EngineDirectory engine = Build(dialect);
        return new OrtPlan(Fake, engine.DecoderModelPath, engine.DecoderWeightsFolder, signature => OptimizationProfiles.Decoder(signature, Limits));
    }

    private protected static ImagePatches Noise(int height, int width, int seed = 0)
    {
        var grid = new ImageGrid(height, width);
        var values = new byte[grid.Patches * ImageGrid.PatchLength];
        new Random(1000 * seed + grid.Patches).NextBytes(values);
        return new ImagePatches(grid, values);
    }

    /// <summary>Only the test's own stream is left, and no memory.</summary>
    private protected void AssertNothingLeft()
    {
        Assert.Equal(1, Fake.Living);
        Assert.Equal((0, 0), (Driver.Memory.DeviceBytes, Driver.Memory.PinnedBytes));
        _folder.Dispose();
    }
}
