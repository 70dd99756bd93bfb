using System.Numerics.Tensors;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Model.Features;

public sealed class FeatureCodecTests
{
    [Theory]
    [InlineData(FeatureEncoding.Float16, 1f / 1024)]
    [InlineData(FeatureEncoding.Int8Row, 1f / 127)]
    public void Features_come_back_within_the_encodings_step(FeatureEncoding encoding, float step)
    {
        ImageFeatures features = Random(new ImageGrid(4, 6), 32, 2);

        byte[] bytes = FeatureCodec.Encode(features, encoding);
        ImageFeatures decoded = FeatureCodec.Decode(bytes, encoding, features.Grid, 32, 2);

        Assert.Equal(FeatureCodec.TotalBytes(encoding, 6, 32, 2), bytes.Length);
        float largest = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(features.Values));
        Assert.All(features.Values.Zip(decoded.Values), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, largest * step));
    }

    [Fact]
    public void Rows_of_zeros_stay_zero()
    {
        var features = new ImageFeatures(new ImageGrid(2, 2), 8, 1, new float[16]);

        Assert.Equal(features.Values, FeatureCodec.Decode(FeatureCodec.Encode(features, FeatureEncoding.Int8Row), FeatureEncoding.Int8Row, features.Grid, 8, 1).Values);
    }

    [Fact]
    public void Bytes_of_another_shape_are_refused() =>
        Assert.Throws<ArgumentException>(() => FeatureCodec.Decode(new byte[10], FeatureEncoding.Float16, new ImageGrid(2, 2), 8, 1));

    [Fact]
    public void The_checksum_is_castagnolis()
    {
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0u, Crc32C.Compute([]));
    }

    internal static ImageFeatures Random(ImageGrid grid, int width, int taps)
    {
        var random = new Random(5);
        return new ImageFeatures(grid, width, taps, [.. Enumerable.Range(0, (1 + taps) * grid.Tokens * width).Select(_ => random.NextSingle() * 4 - 2)]);
    }
}
