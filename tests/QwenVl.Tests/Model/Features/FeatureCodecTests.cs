using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Model.Features;

public sealed class FeatureCodecTests
{
    private static readonly FeatureEncoding[] Encodings = Enum.GetValues<FeatureEncoding>();

    [Property(MaxTest = 200)]
    public void Numbers_come_back_within_the_encodings_step(int seed, PositiveInt width, PositiveInt stripeRows)
    {
        // Magnitudes from a half's least to beyond what one holds, group by group.
        ImageFeatures features = Random(new ImageGrid(4, 6), 1 + width.Get % 100, 2, seed, random => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-9, 7))));
        foreach (FeatureEncoding encoding in Encodings)
        {
            ImageFeatures read = RoundTrip(features, encoding, stripeRows.Get % 8 + 1);
            int group = encoding == FeatureEncoding.Int4Group ? 32 : features.Width;
            for (int row = 0; row < features.Values.Length; row += features.Width)
                for (int at = 0; at < features.Width; at += group)
                {
                    int length = Math.Min(group, features.Width - at);
                    AssertClose(encoding, features.Values.AsSpan(row + at, length), read.Values.AsSpan(row + at, length));
                }
        }
    }

    [Property(MaxTest = 100)]
    public bool Stripes_of_any_rows_hold_the_same_numbers_in_as_many_bytes(int seed, PositiveInt stripeRows, NonNegativeInt which)
    {
        FeatureEncoding encoding = Encodings[which.Get % Encodings.Length];
        ImageFeatures features = Random(new ImageGrid(6, 10), 33, 2, seed, random => random.NextSingle() - 0.5f);
        byte[] whole = FeatureCodec.Encode(features, encoding, features.Tokens), striped = FeatureCodec.Encode(features, encoding, stripeRows.Get);

        return whole.Length == striped.Length
            && FeatureCodec.Decode(whole, encoding, features.Grid, 33, 2, features.Tokens).Values.SequenceEqual(FeatureCodec.Decode(striped, encoding, features.Grid, 33, 2, stripeRows.Get).Values);
    }

    [Fact]
    public void A_stripe_holds_its_main_rows_and_then_the_same_rows_of_each_tap()
    {
        var features = new ImageFeatures(new ImageGrid(2, 12), 1, 1, [1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60]);

        byte[] bytes = FeatureCodec.Encode(features, FeatureEncoding.Float16, stripeRows: 4);

        float[] numbers = [.. bytes.Chunk(2).Select(pair => (float)BitConverter.ToHalf(pair))];
        Assert.Equal([1, 2, 3, 4, 10, 20, 30, 40, 5, 6, 50, 60], numbers);
    }

    [Fact]
    public void Four_bits_are_laid_out_as_the_protocol_says()
    {
        // 32 numbers of which the largest is -16, so that the scale is 2, and a group of three with 1.
        float[] row = [.. Enumerable.Range(0, 32).Select(i => i - 16f), 8, -1, 0];

        byte[] bytes = FeatureCodec.Encode(new ImageFeatures(new ImageGrid(2, 2), row.Length, 0, row), FeatureEncoding.Int4Group);

        Assert.Equal(2 + 16 + 2 + 2, bytes.Length);
        Assert.Equal((Half)2, BitConverter.ToHalf(bytes));
        // Number 0 is -8 steps, number 16 is 0 steps.
        Assert.Equal(0x80, bytes[2]);
        Assert.Equal((Half)(-1), BitConverter.ToHalf(bytes, 18));
        // 8 is -8 steps of -1 and 0 no step; -1 is one step.
        Assert.Equal([0x80, 0x09], bytes[20..]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void What_is_not_finite_is_seen_and_stays_where_it_is(float damage)
    {
        foreach (FeatureEncoding encoding in Encodings)
        {
            ImageFeatures features = Random(new ImageGrid(2, 4), 64, 0, 1, random => random.NextSingle());
            features.Values[70] = damage;

            float[] read = RoundTrip(features, encoding, 1).Values;

            Assert.False(float.IsFinite(read[70]));
            // The other row is whole, and so is the other group of this one.
            Assert.All(read[..64], number => Assert.True(float.IsFinite(number)));
            if (encoding == FeatureEncoding.Int4Group) Assert.All(read[96..], number => Assert.True(float.IsFinite(number)));
        }
    }

    [Fact]
    public void Rows_of_zeros_stay_zero()
    {
        var features = new ImageFeatures(new ImageGrid(2, 2), 40, 1, new float[80]);

        Assert.All(Encodings, encoding => Assert.Equal(features.Values, RoundTrip(features, encoding, 1).Values));
    }

    [Fact]
    public void Numbers_too_large_for_a_scale_are_cut()
    {
        var features = new ImageFeatures(new ImageGrid(2, 2), 2, 0, [1e30f, -1e30f]);

        Assert.Equal([127 * 65504f, -127 * 65504f], RoundTrip(features, FeatureEncoding.Int8Row, 1).Values);
        Assert.Equal([8 * 65504f, -7 * 65504f], RoundTrip(features, FeatureEncoding.Int4Group, 1).Values);
    }

    [Fact]
    public void A_stripe_is_whole_when_all_of_its_bytes_have_come()
    {
        var layout = new FeatureLayout(FeatureEncoding.Int8Row, tokens: 10, width: 6, taps: 1, stripeRows: 4);

        Assert.Equal((3, 2, 10 * 2 * 8), (layout.Stripes, layout.RowsOf(2), layout.TotalBytes));
        Assert.Equal([0, 0, 1, 1, 2, 2, 3], new long[] { 0, 63, 64, 127, 128, 159, 160 }.Select(layout.WholeStripes));
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

    private static void AssertClose(FeatureEncoding encoding, ReadOnlySpan<float> numbers, ReadOnlySpan<float> read)
    {
        const float LeastHalf = 1f / (1 << 24);
        float largest = 0;
        foreach (float number in numbers) largest = MathF.Max(largest, MathF.Abs(number));
        for (int i = 0; i < numbers.Length; i++)
        {
            float most = encoding switch
            {
                FeatureEncoding.Float16 => MathF.Abs(numbers[i]) / 2048 + LeastHalf,
                FeatureEncoding.Int8Row => largest / 254 * 1.001f + LeastHalf,
                _ => largest / 8 * 1.001f + LeastHalf,
            };
            bool isBeyond = encoding == FeatureEncoding.Float16 && MathF.Abs(numbers[i]) > (float)Half.MaxValue || encoding == FeatureEncoding.Int4Group && largest > 8 * (float)Half.MaxValue;
            if (!isBeyond) Assert.True(MathF.Abs(numbers[i] - read[i]) <= most, $"{encoding}: {numbers[i]} came back as {read[i]}, of a group up to {largest}");
        }
    }

    private static ImageFeatures RoundTrip(ImageFeatures features, FeatureEncoding encoding, int stripeRows) =>
        FeatureCodec.Decode(FeatureCodec.Encode(features, encoding, stripeRows), encoding, features.Grid, features.Width, features.TapCount, stripeRows);

    private static ImageFeatures Random(ImageGrid grid, int width, int taps, int seed, Func<Random, float> draw)
    {
        var random = new Random(seed);
        return new ImageFeatures(grid, width, taps, [.. Enumerable.Range(0, (1 + taps) * grid.Tokens * width).Select(_ => draw(random))]);
    }
}
