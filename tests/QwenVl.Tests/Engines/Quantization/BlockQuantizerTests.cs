using QwenVl.Engines.Quantization;
using QwenVl.Model.Manifest;

namespace QwenVl.Tests.Engines.Quantization;

public sealed class BlockQuantizerTests
{
    [Theory]
    [InlineData(WeightFormat.Int4Block32, 32)]
    [InlineData(WeightFormat.Int4Block32, 95)]
    [InlineData(WeightFormat.Int4Block128, 80)]
    [InlineData(WeightFormat.Int8, 257)]
    public void A_weight_is_off_by_half_a_step_and_by_one_at_the_far_end(WeightFormat format, int columns)
    {
        BlockLayout layout = BlockLayout.Of(format);
        var random = new Random(7);
        float[] row = [.. Enumerable.Range(0, columns).Select(_ => (float)(random.NextDouble() - 0.5))];

        (float[] scales, float[] back, byte[] levels) = RoundTrip(layout, row);

        for (int i = 0; i < columns; i++)
        {
            float scale = scales[i / layout.BlockSize];
            bool farEnd = row[i] / scale > layout.ZeroLevel - 1;
            Assert.InRange(Math.Abs(row[i] - back[i]), 0, Math.Abs(scale) * (farEnd ? 1.001f : 0.501f));
        }

        for (int block = 0; block < scales.Length; block++)
        {
            int start = block * layout.BlockSize, count = Math.Min(layout.BlockSize, columns - start);
            int extreme = Enumerable.Range(start, count).MaxBy(i => Math.Abs(row[i]));
            Assert.Equal(row[extreme], back[extreme], 1e-6f);
        }

        Assert.Equal(layout.Blocks(columns) * layout.BlockBytes, levels.Length);
    }

    [Fact]
    public void A_block_of_zeros_stays_zero()
    {
        (float[] scales, float[] back, _) = RoundTrip(BlockLayout.Of(WeightFormat.Int4Block32), new float[40]);

        Assert.All(scales, scale => Assert.Equal(0, scale));
        Assert.All(back, number => Assert.Equal(0, number));
    }

    [Fact]
    public void The_lower_half_of_a_byte_comes_first_and_filling_stands_for_zero()
    {
        // The extreme is -8 steps of 1: level 0; 0 is level 8, 7 is level 15 and 1 is level 9.
        (float[] scales, _, byte[] levels) = RoundTrip(BlockLayout.Of(WeightFormat.Int4Block32), [-8, 0, 7, 1]);

        Assert.Equal([1f], scales);
        Assert.Equal([0x80, 0x9F, 0x88, 0x88], levels[..4]);
    }

    private static (float[] Scales, float[] Back, byte[] Levels) RoundTrip(BlockLayout layout, float[] row)
    {
        var scales = new float[layout.Blocks(row.Length)];
        var levels = new byte[scales.Length * layout.BlockBytes];
        BlockQuantizer.QuantizeRow(layout, row, levels, scales);
        var back = new float[row.Length];
        BlockQuantizer.Dequantize(layout, levels, scales, back);
        return (scales, back, levels);
    }
}
