using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using QwenVl.Engines.Building;
using QwenVl.Engines.Quantization;
using QwenVl.Engines.Weights;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.OnnxRuntime;

/// <summary>Sets a quantised engine beside a float32 engine of the numbers that its levels and scales stand for.</summary>
public sealed class RoundedWeightsTests : IDisposable
{
    private const string Embedding = "model.language_model.embed_tokens.weight";
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(WeightFormat.Int8)]
    [InlineData(WeightFormat.Int4Block32)]
    [InlineData(WeightFormat.Int4Block128)]
    public void A_quantised_engine_computes_what_its_rounded_weights_say(WeightFormat format)
    {
        SyntheticCheckpoint.Write(_folder.File("model"));
        WriteRounded(BlockLayout.Of(format));
        EngineDirectory quantised = Build("model", format), rounded = Build("rounded", WeightFormat.Float32);

        // What is left is the rounding of activations to 8 bits.
        ImageFeatures expected = Encode(rounded), actual = Encode(quantised);
        Assert.InRange(Difference.Relative(expected.Values, actual.Values), 0, 0.02);
        Assert.InRange(Difference.Relative(Logits(rounded, expected), Logits(quantised, expected)), 0, 0.03);
    }

    public void Dispose() => _folder.Dispose();

    private static ImageFeatures Encode(EngineDirectory engine)
    {
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(engine, new OnnxRuntimeOptions());
        var grid = new ImageGrid(4, 6);
        var values = new byte[grid.Patches * ImageGrid.PatchLength];
        new Random(1).NextBytes(values);
        return encoder.Encode([new ImagePatches(grid, values)])[0];
    }

    private static float[] Logits(EngineDirectory engine, ImageFeatures features)
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engine, new OnnxRuntimeOptions());
        using IDecoderSequence sequence = decoder.CreateSequence(8);
        var step = new DecodeStep
        {
            Sequence = sequence,
            Tokens = new[] { 1, 60, 60, 2 },
            Positions = new[] { 0, 1, 1, 3, 0, 1, 1, 3, 0, 1, 2, 3 },
            VisualIndex = new[] { 0, 1, 2, 0 },
            Visual = VisualRows.Join([features]),
        };
        decoder.Run([step]);
        return step.Logits.ToArray();
    }

    // Linear layers rounded, all else as it is; the head is rounded and the table is not, so they part.
    private void WriteRounded(BlockLayout layout)
    {
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        Directory.CreateDirectory(_folder.File("rounded"));
        JsonObject config = SyntheticCheckpoint.Config();
        config["tie_word_embeddings"] = false;
        File.WriteAllText(_folder.File("rounded", "config.json"), config.ToJsonString());
        File.WriteAllText(_folder.File("rounded", "tokenizer.json"), "{}");
        (string, long[], byte[])[] tensors =
        [
            .. checkpoint.Tensors.Values.Select(tensor => (tensor.Name, tensor.Shape.ToArray(), Bytes(tensor, IsLinear(tensor)))),
            ("lm_head.weight", [64, 16], Bytes(checkpoint.Get(Embedding), round: true)),
        ];
        SyntheticCheckpoint.WriteFile(_folder.File("rounded", "model.safetensors"), tensors, "F32");

        byte[] Bytes(TensorEntry tensor, bool round)
        {
            var numbers = new float[tensor.Count];
            checkpoint.ReadFloats(tensor, 0, numbers);
            if (round)
            {
                int columns = (int)tensor.Shape[1];
                var scales = new float[layout.Blocks(columns)];
                var levels = new byte[scales.Length * layout.BlockBytes];
                for (int at = 0; at < numbers.Length; at += columns)
                {
                    BlockQuantizer.QuantizeRow(layout, numbers.AsSpan(at, columns), levels, scales);
                    BlockQuantizer.Dequantize(layout, levels, scales, numbers.AsSpan(at, columns));
                }
            }

            return MemoryMarshal.AsBytes<float>(numbers).ToArray();
        }
    }

    private static bool IsLinear(TensorEntry tensor) => tensor.Shape.Count == 2 && tensor.Name != Embedding && !tensor.Name.Contains("pos_embed", StringComparison.Ordinal);

    private EngineDirectory Build(string model, WeightFormat format)
    {
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File(model));
        var options = new EngineBuildOptions { Dialect = EngineDialect.OnnxRuntime, VisionWeights = format, DecoderWeights = format };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, _folder.File(model + "-engine"));
        return EngineDirectory.Open(_folder.File(model + "-engine"));
    }
}
