using QwenVl.Model.Vision;

namespace QwenVl.Tests.Model.Vision;

public sealed class EdgeDensityTests
{
    private const int Size = 256;

    [Fact]
    public void A_flat_picture_has_no_edges() => Assert.Equal(0, Density((_, _) => 90));

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(2)]
    public void Stripes_count_as_their_edges_within_a_patch(int width) =>
        Assert.Equal((16f / width - 1) / 15, Density((x, y) => InCorner(x, y) && x / width % 2 == 0 ? 200 : 40), 0.01f);

    [Fact]
    public void Contrast_does_not_matter() =>
        Assert.Equal(Density((x, y) => InCorner(x, y) && x / 3 % 2 == 0 ? 255 : 0), Density((x, y) => InCorner(x, y) && x / 3 % 2 == 0 ? 140 : 100), 0.02f);

    [Fact]
    public void Noise_over_a_plain_picture_is_no_detail()
    {
        var random = new Random(1);
        Assert.InRange(Density((x, y) => 120 + random.Next(-12, 13)), 0, 0.1f);
    }

    [Fact]
    public void One_large_edge_is_little() => Assert.InRange(Density((x, _) => x < 100 ? 30 : 220), 0.01f, 0.1f);

    private static bool InCorner(int x, int y) => x < 64 && y < 48;

    private static float Density(Func<int, int, int> level)
    {
        var pixels = new byte[Size * Size * 3];
        for (int y = 0; y < Size; y++)
            for (int x = 0; x < Size; x++) pixels.AsSpan((y * Size + x) * 3, 3).Fill((byte)level(x, y));
        return EdgeDensity.Measure(ImagePreprocessor.Prepare(new RgbImage(Size, Size, pixels), SmartResize.Pixels512));
    }
}
