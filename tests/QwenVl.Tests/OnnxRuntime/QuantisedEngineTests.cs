using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.Tests.Golden;

namespace QwenVl.Tests.OnnxRuntime;

/// <summary>
/// How far quantised engines are from transformers on a random checkpoint, which has nothing that survives rounding: an
/// upper bound that guards against wrong layouts, no word on the quality of answers.
/// </summary>
public sealed class QuantisedEngineTests(GoldenEngine engines, ITestOutputHelper output) : IClassFixture<GoldenEngine>
{
    [Theory]
    [InlineData(WeightFormat.Int8, 0.05)]
    [InlineData(WeightFormat.Int4Block32, 0.4)]
    [InlineData(WeightFormat.Int4Block128, 0.5)]
    public void Logits_stay_near(WeightFormat format, double bound)
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engines.Build(EngineDialect.OnnxRuntime, WeightFormat.Int8, format), new OnnxRuntimeOptions());
        foreach (GoldenCase golden in GoldenFolder.Cases)
        {
            GoldenPrompt prompt = GoldenFolder.Prompt(golden);
            using IDecoderSequence sequence = decoder.CreateSequence(prompt.Ids.Length);
            DecodeStep step = prompt.Chunk(sequence, 0, prompt.Ids.Length);
            decoder.Run([step]);

            double difference = Difference.Relative(GoldenFolder.Floats(golden.LastLogits), step.Logits.Span);
            output.WriteLine($"{golden.Name}: {difference:P2}");
            Assert.InRange(difference, 0, bound);
        }
    }

    [Theory]
    [InlineData(WeightFormat.Int8, 0.05)]
    [InlineData(WeightFormat.Int8Dynamic, 0.1)]
    [InlineData(WeightFormat.Int4Block32, 0.4)]
    [InlineData(WeightFormat.Int4Block128, 0.5)]
    public void Features_stay_near(WeightFormat format, double bound)
    {
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(engines.Build(EngineDialect.OnnxRuntime, format, WeightFormat.Float32), new OnnxRuntimeOptions());
        foreach (GoldenCase golden in GoldenFolder.Cases.Where(golden => golden.Images.Length == 1))
        {
            ImageFeatures features = encoder.Encode([GoldenFolder.ResizedPatches(golden.Images[0], golden.MaxPixels)])[0];

            double difference = Difference.Relative(GoldenFolder.Floats(golden.Vision!), features.Main);
            output.WriteLine($"{golden.Name}: {difference:P2}");
            Assert.InRange(difference, 0, bound);
        }
    }
}
