using QwenVl.Model.Vision;

namespace QwenVl.Tests.Model.Vision;

public sealed class ImageGridTests
{
    [Fact]
    public void Four_patches_make_one_token()
    {
        var grid = new ImageGrid(26, 36);

        Assert.Equal(936, grid.Patches);
        Assert.Equal(234, grid.Tokens);
        Assert.Equal((416, 576), (grid.PixelHeight, grid.PixelWidth));
    }
}
