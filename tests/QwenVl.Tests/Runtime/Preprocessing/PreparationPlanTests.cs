using FsCheck.Xunit;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Preprocessing;

namespace QwenVl.Tests.Runtime.Preprocessing;

public sealed class PreparationPlanTests
{
    [Property(MaxTest = 500)]
    public void A_picture_is_reduced_as_far_as_the_margin_allows_and_no_further(int seed)
    {
        var random = new Random(seed);
        int width = random.Next(1, 12_000), height = Math.Clamp(random.Next(width / 50, width * 2), 1, 12_000);
        var header = new ImageHeader(ImageFormat.Jpeg, width, height, HasAlpha: false, random.Next(1, 9));
        ImageGrid grid = SmartResize.Fit((int)header.UprightHeight, (int)header.UprightWidth, SmartResize.DefaultMinPixels, random.Next(2) == 0 ? SmartResize.Pixels512 : SmartResize.Pixels1024);
        int reduction = PreparationPlan.Create(header, grid, isExact: false).Reduction;

        Assert.Contains(reduction, (int[])[1, 2, 4, 8]);
        Assert.True(reduction == 1 || Leaves(reduction) >= PreparationPlan.Margin);
        Assert.True(reduction == 8 || Leaves(reduction * 2) < PreparationPlan.Margin);

        double Leaves(int by) => Math.Min((double)header.UprightWidth / by / grid.PixelWidth, (double)header.UprightHeight / by / grid.PixelHeight);
    }

    [Fact]
    public void Only_jpeg_is_reduced_and_only_where_it_need_not_be_exact()
    {
        var jpeg = new ImageHeader(ImageFormat.Jpeg, 8000, 6000, HasAlpha: false);
        ImageGrid grid = SmartResize.Fit(6000, 8000, SmartResize.DefaultMinPixels, SmartResize.Pixels512);
        Assert.Equal((4, "qwen3vl-1/4"), PreparationPlan.Create(jpeg, grid, isExact: false) is var scaled ? (scaled.Reduction, scaled.Recipe) : default);
        Assert.Equal((1, ImagePreprocessor.Version), PreparationPlan.Create(jpeg, grid, isExact: true) is var exact ? (exact.Reduction, exact.Recipe) : default);
        foreach (ImageFormat format in (ImageFormat[])[ImageFormat.Png, ImageFormat.WebP, ImageFormat.Bmp])
            Assert.Equal(1, PreparationPlan.Create(jpeg with { Format = format }, grid, isExact: false).Reduction);
    }

    [Fact]
    public void All_that_a_decoder_takes_is_counted()
    {
        var plain = new ImageHeader(ImageFormat.Jpeg, 1000, 1000, HasAlpha: false);
        ImageGrid grid = SmartResize.Fit(1000, 1000, SmartResize.DefaultMinPixels, SmartResize.Pixels512);
        long bytes = Bytes(plain);
        Assert.InRange(bytes, 4_000_000, 5_000_000);
        Assert.Equal(bytes + 4_000_000, Bytes(plain with { Orientation = 6 }));
        Assert.Equal(bytes + 8_000_000, Bytes(plain with { IsDeep = true }));
        Assert.Equal(bytes + 8_000_000, Bytes(plain with { IsProgressive = true }));

        long Bytes(ImageHeader header) => PreparationPlan.Create(header, grid, isExact: true).Bytes;
    }
}
