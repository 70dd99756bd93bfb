using FsCheck.Xunit;
using QwenVl.TensorRt.Inference.Decoding;

namespace QwenVl.Tests.TensorRt.Inference.Decoding;

public sealed class CacheLayoutTests
{
    [Property]
    public void Rows_are_enough_and_planes_a_whole_number_of_them(byte most, ushort wanted)
    {
        var layout = new CacheLayout(Planes: 4, Slots: 3, Heads: 2, RowBytes: 32, MaxRows: 64 * (1 + most));
        int needed = wanted % (layout.MaxRows + 1), rows = layout.RowsFor(needed);

        Assert.InRange(rows, needed, layout.MaxRows);
        Assert.Equal((0, 0), (rows % CacheLayout.RowStep, layout.MaxRows % rows));
        Assert.Equal(rows, layout.RowsFor(rows));
    }

    [Fact]
    public void Rows_double_from_few_to_all()
    {
        var layout = new CacheLayout(2, 8, 8, 256, 4096);

        Assert.Equal([256, 256, 512, 1024, 4096], ((int[])[0, 256, 257, 1000, 2049]).Select(layout.RowsFor));
    }
}
