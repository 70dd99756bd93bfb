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
            ImagePatches[] images = [.. golden.Images.Select(image => GoldenFolder.ResizedPatches(image, golden.MaxPixels))];

            IReadOnlyList<ImageFeatures> features = encoder.Encode(images);

            float[] main = [.. features.SelectMany(image => image.Main.ToArray())];
            Assert.InRange(Difference.OfScale(GoldenFolder.Floats(golden.Vision!.File), main), 0, 1e-3);
            float[] taps = [.. Enumerable.Range(0, encoder.TapCount).SelectMany(tap => features.SelectMany(image => image.Tap(tap).ToArray()))];
            Assert.InRange(Difference.OfScale(GoldenFolder.Floats(golden.Deepstack!.File), taps), 0, 1e-3);
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
}
