using QwenVl.Engines.Building;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Engines.Building;

public sealed class LargeCheckpointTests : IDisposable
{
    private const long MostBytes = 32 << 20;
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(EngineDialect.TensorRt10, WeightFormat.BFloat16)]
    [InlineData(EngineDialect.TensorRt11, WeightFormat.BFloat16)]
    [InlineData(EngineDialect.OnnxRuntime, WeightFormat.Float32)]
    public void An_engine_in_place_copies_and_holds_a_few_megabytes_of_gigabytes(EngineDialect dialect, WeightFormat format)
    {
        HollowCheckpoint.Require();
        HollowCheckpoint.Write(_folder.File("model"));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        Assert.Equal(HollowCheckpoint.Parameters, checkpoint.Tensors.Values.Sum(tensor => tensor.Count));
        Assert.Equal(HollowCheckpoint.Tensors, checkpoint.Tensors.Count);

        long before = GC.GetTotalAllocatedBytes();
        var options = new EngineBuildOptions { Dialect = dialect, VisionWeights = format, DecoderWeights = format };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, _folder.File("engine"));

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 4 * MostBytes);
        Assert.InRange(new DirectoryInfo(_folder.File("engine")).EnumerateFiles().Sum(file => file.Length), 0, MostBytes);
        Assert.Equal(2, EngineDirectory.Open(_folder.File("engine")).Manifest.ExternalFiles.Count);
    }

    public void Dispose() => _folder.Dispose();
}
