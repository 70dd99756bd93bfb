using QwenVl.Model.Vision;
using QwenVl.Pictures.Labels;
using SkiaSharp;

namespace QwenVl.Tests.Pictures.Labels;

public sealed class PatchLabelsTests
{
    [Fact]
    public void A_patch_has_the_label_that_covers_most_of_it_in_merge_block_order()
    {
        // 64 x 64 pixels, 4 x 4 patches: the third patch of the first row is the first patch of the second block.
        LabelRegion left = Box(1, 32, 0, 37, 16), right = Box(2, 37, 0, 48, 16);

        ushort[] labels = PatchLabels.Rasterize([left, right], 64, 64, new ImageGrid(4, 4));

        Assert.Equal([0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], labels.Select(label => (int)label));
    }

    [Fact]
    public void A_hole_is_not_covered()
    {
        var ring = new LabelRegion(5, [Square(0, 0, 96, 96), Square(32, 32, 64, 64)]);

        ushort[] labels = PatchLabels.Rasterize([ring], 96, 96, new ImageGrid(6, 6));

        Assert.Equal(32, labels.Count(label => label == 5));
    }

    [Fact]
    public void What_reaches_over_the_edge_is_cut_off()
    {
        ushort[] labels = PatchLabels.Rasterize([Box(3, -50, -50, 500, 500)], 32, 32, new ImageGrid(2, 2));

        Assert.All(labels, label => Assert.Equal(3, label));
    }

    private static LabelRegion Box(int label, float left, float top, float right, float bottom) => new(label, [Square(left, top, right, bottom)]);

    private static SKPoint[] Square(float left, float top, float right, float bottom) =>
        [new(left, top), new(right, top), new(right, bottom), new(left, bottom)];
}
