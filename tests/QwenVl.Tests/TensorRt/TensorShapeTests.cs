using QwenVl.TensorRt;

namespace QwenVl.Tests.TensorRt;

public sealed unsafe class TensorShapeTests
{
    [Fact]
    public void It_has_the_layout_of_Dims64()
    {
        TensorShape shape = [7, -1, 9];
        Assert.Equal(72, sizeof(TensorShape));
        Assert.Equal(3, *(int*)&shape);
        Assert.Equal([7, -1, 9], new ReadOnlySpan<long>((byte*)&shape + 8, 3).ToArray());
    }

    [Fact]
    public void Lengths_are_read_by_index_and_as_text()
    {
        TensorShape shape = [1, -1, 128];

        Assert.Equal(3, shape.Rank);
        Assert.Equal(128, shape[2]);
        Assert.Equal("[1, -1, 128]", shape.ToString());
        Assert.Equal([1, -1, 128], shape.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => shape[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => shape[-1]);
    }

    [Fact]
    public void Shapes_are_equal_by_rank_and_lengths()
    {
        Assert.Equal<TensorShape>([1, 2], [1, 2]);
        Assert.NotEqual<TensorShape>([1, 2], [1, 2, 0]);
        Assert.NotEqual<TensorShape>([1, 2], [2, 1]);
        Assert.Equal(TensorShape.Create(1, 2).GetHashCode(), TensorShape.Create(1, 2).GetHashCode());
    }

    [Fact]
    public void Elements_are_counted_where_all_lengths_are_known()
    {
        Assert.Equal(1, default(TensorShape).ElementCount);
        Assert.Equal(0, TensorShape.Create(4, 0, 2).ElementCount);
        Assert.Equal(1L << 40, TensorShape.Create(1 << 20, 1 << 20).ElementCount);
        Assert.Throws<InvalidOperationException>(() => TensorShape.Create(4, -1).ElementCount);
        Assert.Throws<OverflowException>(() => TensorShape.Create(long.MaxValue, 2).ElementCount);
    }

    [Fact]
    public void Nine_dimensions_and_lengths_below_minus_one_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TensorShape.Create(1, 2, 3, 4, 5, 6, 7, 8, 9));
        Assert.Throws<ArgumentException>(() => TensorShape.Create(-2));
    }

    [Fact]
    public void A_range_contains_what_lies_between_in_every_dimension()
    {
        var range = new ShapeRange([1, 4], [2, 4], [8, 4]);

        Assert.True(range.Contains([8, 4]));
        Assert.False(range.Contains([9, 4]));
        Assert.False(range.Contains([2, 5]));
        Assert.False(range.Contains([2]));
    }

    [Theory]
    [InlineData(TensorDataType.Float32, 3, 12)]
    [InlineData(TensorDataType.BFloat16, 3, 6)]
    [InlineData(TensorDataType.Int64, 3, 24)]
    [InlineData(TensorDataType.Int4, 3, 2)]
    [InlineData(TensorDataType.Bool, 0, 0)]
    public void Bytes_of_elements_are_rounded_up(TensorDataType type, long elements, long bytes) => Assert.Equal(bytes, type.Bytes(elements));
}
