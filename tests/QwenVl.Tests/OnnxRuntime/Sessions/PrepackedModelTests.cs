using QwenVl.Model.Checkpoints;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.OnnxRuntime.Sessions;

public sealed class PrepackedModelTests(GoldenEngine engines) : IClassFixture<GoldenEngine>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private OnnxRuntimeOptions Options => new() { PrepackedFolder = _folder.File("prepacked") };

    [Theory]
    [InlineData(WeightFormat.Int4Block32)]
    [InlineData(WeightFormat.Int4Block128)]
    public void The_first_load_writes_it_later_ones_map_it_and_logits_are_the_same_to_the_bit(WeightFormat format)
    {
        EngineDirectory engine = engines.Build(EngineDialect.OnnxRuntime, WeightFormat.Float32, format);
        float[] expected = Logits(engine, new OnnxRuntimeOptions());

        float[] first = Logits(engine, Options);
        string written = Assert.Single(Directory.GetDirectories(Options.PrepackedFolder!));
        DateTime at = Directory.GetLastWriteTimeUtc(written);
        float[] second = Logits(engine, Options);

        Assert.Equal(expected, first);
        Assert.Equal(expected, second);
        Assert.Equal(written, Assert.Single(Directory.GetDirectories(Options.PrepackedFolder!)));
        Assert.Equal(at, Directory.GetLastWriteTimeUtc(written));
        Assert.Equal(["model.onnx", "model.weights.bin"], Directory.GetFiles(written).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Another_engine_has_another_name()
    {
        Logits(engines.Build(EngineDialect.OnnxRuntime, WeightFormat.Float32, WeightFormat.Int4Block32), Options);
        Logits(engines.Build(EngineDialect.OnnxRuntime, WeightFormat.Float32, WeightFormat.Int4Block128), Options);

        Assert.Equal(2, Directory.GetDirectories(Options.PrepackedFolder!).Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_said_to_be_so()
    {
        File.WriteAllText(_folder.File("prepacked"), "in the way");

        CheckpointException refused = Assert.Throws<CheckpointException>(() => Logits(engines.Build(EngineDialect.OnnxRuntime, WeightFormat.Float32, WeightFormat.Int4Block32), Options));
        Assert.Contains("prepacked", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static float[] Logits(EngineDirectory engine, OnnxRuntimeOptions options)
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engine, options);
        GoldenCase golden = GoldenFolder.Cases[0];
        using IDecoderSequence sequence = decoder.CreateSequence(golden.Ids.Length);
        DecodeStep step = GoldenFolder.Prompt(golden).Chunk(sequence, 0, golden.Ids.Length);
        decoder.Run([step]);
        return step.Logits.ToArray();
    }
}
