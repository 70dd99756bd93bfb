using System.Text.Json.Nodes;
using QwenVl.Engines.Building;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.OnnxRuntime;

public sealed class SharedEmbeddingTests : IDisposable
{
    private const int Width = 128;
    private const int Vocabulary = 64;
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(WeightFormat.Int8, 0.02)]
    [InlineData(WeightFormat.Int4Block32, 0.3)]
    [InlineData(WeightFormat.Int4Block128, 0.4)]
    public void Embeddings_are_read_from_the_heads_bytes_and_the_file_is_smaller_by_the_table(WeightFormat format, double bound)
    {
        WriteCheckpoint(tied: true);
        EngineDirectory shared = Build("shared", format, shares: true), whole = Build("whole", format, shares: false);

        Assert.Equal(whole.DecoderWeightBytes - 2 * Vocabulary * Width, shared.DecoderWeightBytes);
        float[] expected = Logits(whole), actual = Logits(shared);
        Assert.NotEqual(expected, actual);
        Assert.InRange(Difference.Relative(expected, actual), 0, bound);
    }

    [Fact]
    public void A_head_of_its_own_leaves_the_table_as_it_is()
    {
        WriteCheckpoint(tied: false);

        Assert.Equal(Logits(Build("whole", WeightFormat.Int4Block32, shares: false)), Logits(Build("shared", WeightFormat.Int4Block32, shares: true)));
    }

    public void Dispose() => _folder.Dispose();

    private static float[] Logits(EngineDirectory engine)
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engine, new OnnxRuntimeOptions());
        using IDecoderSequence sequence = decoder.CreateSequence(8);
        var step = new DecodeStep { Sequence = sequence, Tokens = new[] { 1, 17, 2 }, Positions = new[] { 0, 1, 2, 0, 1, 2, 0, 1, 2 } };
        decoder.Run([step]);
        return step.Logits.ToArray();
    }

    private void WriteCheckpoint(bool tied)
    {
        JsonObject config = SyntheticCheckpoint.Config();
        config["tie_word_embeddings"] = tied;
        config["text_config"]!["hidden_size"] = Width;
        config["vision_config"]!["out_hidden_size"] = Width;
        SyntheticCheckpoint.Write(_folder.File("model"), config);
    }

    private EngineDirectory Build(string name, WeightFormat format, bool shares)
    {
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        var options = new EngineBuildOptions { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = format, SharesEmbedding = shares };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, _folder.File(name));
        return EngineDirectory.Open(_folder.File(name));
    }
}
