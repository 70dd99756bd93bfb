using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.Tests.Golden;

namespace QwenVl.Tests.OnnxRuntime;

public sealed class OnnxVisionEncoderTests(GoldenEngine engines) : IClassFixture<GoldenEngine>
{
    [Fact]
    public void Features_and_taps_are_those_of_transformers()
    {
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(engines.Float32(), new OnnxRuntimeOptions());
        foreach (GoldenCase golden in GoldenFolder.Cases.Where(golden => golden.Images.Length > 0))
        {
            Measurement[] measurements = [.. VisionCheck.Run(GoldenFolder.Set, golden, VisionCheck.Encode(GoldenFolder.Set, golden, encoder), limited: true)];

            Assert.Equal(1 + encoder.TapCount, measurements.Length);
            Assert.All(measurements, measurement => Assert.True(measurement.Passes, measurement.ToString()));
        }
    }

    [Fact]
    public void A_picture_of_too_many_patches_is_refused()
    {
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(engines.Float32(), new OnnxRuntimeOptions { MaxPatches = 16 });
        var grid = new ImageGrid(6, 4);

        var error = Assert.Throws<ArgumentException>(() => encoder.Encode([new ImagePatches(grid, new byte[grid.Patches * ImageGrid.PatchLength])]));
        Assert.Contains("24 patches where 16", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4096, new[] { 1024, 4096 })]
    [InlineData(1024, new[] { 1024 })]
    [InlineData(16, new[] { 16 })]
    public void Small_pictures_are_a_size_of_their_own(int maxPatches, int[] buckets)
    {
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(engines.Float32(), new OnnxRuntimeOptions { MaxPatches = maxPatches });
        Assert.Equal(buckets, encoder.PatchBuckets);
    }
}
