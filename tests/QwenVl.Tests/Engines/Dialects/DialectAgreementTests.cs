using System.Text.Json.Nodes;
using QwenVl.Engines.Building;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Engines.Dialects;

public sealed class DialectAgreementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Heads of several sizes and groupings, none, one and all layers tapped, own head or the embedding's.</summary>
    public static TheoryData<int, int, int, string, string, bool> Shapes => new()
    {
        // heads, key heads, head size, its sections, taps, tied
        { 2, 1, 16, "[4,2,2]", "[0]", true },
        { 4, 4, 24, "[4,4,4]", "[]", false },
        { 6, 2, 64, "[12,10,10]", "[0,1]", true },
        { 8, 2, 128, "[24,20,20]", "[1]", false },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void All_dialects_compute_the_same(int heads, int keyHeads, int headSize, string sections, string taps, bool tied)
    {
        JsonObject config = SyntheticCheckpoint.Config();
        JsonObject text = config["text_config"]!.AsObject();
        (text["num_attention_heads"], text["num_key_value_heads"], text["head_dim"]) = (heads, keyHeads, headSize);
        text["rope_parameters"]!["mrope_section"] = JsonNode.Parse(sections);
        config["vision_config"]!["deepstack_visual_indexes"] = JsonNode.Parse(taps);
        config["tie_word_embeddings"] = tied;
        SyntheticCheckpoint.Write(_folder.File("model"), config, shards: 2);
        EngineDirectory onnxRuntime = Build(EngineDialect.OnnxRuntime);
        EngineDirectory[] others = [Build(EngineDialect.TensorRt10), Build(EngineDialect.TensorRt11)];

        ImagePatches[] images = [Noise(new ImageGrid(4, 6)), Noise(new ImageGrid(2, 2)), Noise(new ImageGrid(6, 2))];
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(onnxRuntime, new OnnxRuntimeOptions());
        IReadOnlyList<ImageFeatures> alone = encoder.Encode(images);
        foreach (EngineDirectory other in others)
            foreach ((ImageFeatures padded, ImageFeatures one) in PaddedVision.Encode(other, images).Zip(alone)) Assert.InRange(Difference.OfScale(one.Values, padded.Values), 0, 1e-5);

        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(onnxRuntime, new OnnxRuntimeOptions());
        VisualRows visual = VisualRows.Join(alone);
        foreach (EngineDirectory other in others)
        {
            using var compared = new TensorRtTextDecoder(other);
            using IDecoderSequence expected = decoder.CreateSequence(64), actual = compared.CreateSequence(64);
            foreach ((DecodeStep left, DecodeStep right) in Steps(expected, visual).Zip(Steps(actual, visual)))
            {
                decoder.Run([left]);
                compared.Run([right]);
                Assert.InRange(Difference.OfScale(left.Logits.Span, right.Logits.Span), 0, 1e-4);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    // A chunk that begins with text and ends in the middle of a picture, the rest, and single tokens.
    private static IEnumerable<DecodeStep> Steps(IDecoderSequence sequence, VisualRows visual)
    {
        var random = new Random(3);
        int row = 0;
        foreach ((int text, int pictures) in ((int, int)[])[(3, 4), (0, 6), (2, 0), (1, 0), (1, 0)])
        {
            int count = text + pictures;
            yield return new DecodeStep
            {
                Sequence = sequence,
                Tokens = Enumerable.Range(0, count).Select(_ => random.Next(64)).ToArray(),
                Positions = Enumerable.Range(0, 3 * count).Select(_ => random.Next(40)).ToArray(),
                VisualIndex = Enumerable.Range(0, count).Select(i => i < text ? 0 : ++row).ToArray(),
                Visual = pictures > 0 ? visual : null,
            };
        }
    }

    private static ImagePatches Noise(ImageGrid grid)
    {
        var values = new byte[grid.Patches * ImageGrid.PatchLength];
        new Random(grid.Patches).NextBytes(values);
        return new ImagePatches(grid, values);
    }

    private EngineDirectory Build(EngineDialect dialect)
    {
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        var options = new EngineBuildOptions { Dialect = dialect, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, _folder.File(dialect.ToString()));
        return EngineDirectory.Open(_folder.File(dialect.ToString()));
    }
}
