using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.Tests.Golden;

namespace QwenVl.Tests.Engines.Dialects;

public sealed class TensorRtVisionTests(GoldenEngine engines) : IClassFixture<GoldenEngine>
{
    [Theory]
    [InlineData(EngineDialect.TensorRt10)]
    [InlineData(EngineDialect.TensorRt11)]
    public void Features_and_taps_of_a_padded_batch_are_those_of_transformers(EngineDialect dialect)
    {
        EngineDirectory engine = engines.Build(dialect, WeightFormat.Float32, WeightFormat.Float32);
        foreach (GoldenCase golden in GoldenFolder.Cases.Where(golden => golden.Images.Length > 0))
        {
            ImageFeatures[] features = PaddedVision.Encode(engine, [.. golden.Images.Select(image => GoldenFolder.ResizedPatches(image, golden.MaxPixels))]);
            Measurement[] measurements = [.. VisionCheck.Run(GoldenFolder.Set, golden, features, limited: true)];

            Assert.Equal(1 + engine.Config.Vision.TapIndexes.Count, measurements.Length);
            Assert.All(measurements, measurement => Assert.True(measurement.Passes, measurement.ToString()));
        }
    }
}
