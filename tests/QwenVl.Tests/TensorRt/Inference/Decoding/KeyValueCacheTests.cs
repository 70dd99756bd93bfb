using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Decoding;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Inference.Decoding;

public sealed class KeyValueCacheTests : FakeCudaTest
{
    // Rows of two bytes: the first says whose they are, the second which row.
    private static readonly CacheLayout Layout = new(Planes: 4, Slots: 3, Heads: 2, RowBytes: 2, MaxRows: 1024);

    [Fact]
    public void Rows_that_are_appended_stay_where_they_belong_when_all_get_more()
    {
        using var cache = new KeyValueCache(Context, Layout, hasFixedRows: false, Stream);
        foreach (int length in (int[])[100, 5, 200]) Fill(cache, cache.Take(), length);
        Assert.Equal(256, cache.Rows);

        cache.Reserve(300);
        Assert.Equal(512, cache.Rows);
        AssertHolds(cache, 0, 100);
        AssertHolds(cache, 1, 5);
        AssertHolds(cache, 2, 200);
        cache.Reserve(1000);
        AssertHolds(cache, 1, 5);
    }

    [Fact]
    public void Erasing_a_slot_leaves_the_others()
    {
        using var cache = new KeyValueCache(Context, Layout, hasFixedRows: false, Stream);
        for (int slot = 0; slot < 3; slot++) Fill(cache, cache.Take(), 60);

        cache.Erase(1);

        AssertHolds(cache, 0, 60);
        AssertHolds(cache, 2, 60);
        Assert.Equal(new byte[Layout.Heads * cache.Rows * 2], Fake.Bytes(cache.AddressOf(3, 1), Layout.Heads * cache.Rows * 2).ToArray());
    }

    [Fact]
    public void Without_sequences_all_get_few_rows_again()
    {
        using var cache = new KeyValueCache(Context, Layout, hasFixedRows: false, Stream);
        int slot = cache.Take();
        cache.Reserve(1000);
        cache.Shrink();
        Assert.Equal(1024, cache.Rows);
        cache.Release(slot);
        cache.Shrink();
        Assert.Equal(256, cache.Rows);
    }

    private static byte Mark(int slot, int plane, int head) => (byte)(1 + slot * 50 + plane * 10 + head);

    private void Fill(KeyValueCache cache, int slot, int length)
    {
        // As the graph gives new rows: [planes, heads, chunk], here a chunk of one row more than is appended.
        int chunk = length + 1;
        var rows = new byte[Layout.Planes * Layout.Heads * chunk * 2];
        for (int plane = 0; plane < Layout.Planes; plane++)
            for (int head = 0; head < Layout.Heads; head++)
                for (int row = 0; row < chunk; row++)
                {
                    int at = ((plane * Layout.Heads + head) * chunk + row) * 2;
                    (rows[at], rows[at + 1]) = (Mark(slot, plane, head), (byte)row);
                }

        using CudaDeviceVariable<byte> source = Device(rows);
        cache.Append(source, 0, chunk, slot, 0, length);
        Stream.Synchronize();
    }

    private void AssertHolds(KeyValueCache cache, int slot, int length)
    {
        for (int plane = 0; plane < Layout.Planes; plane++)
            for (int head = 0; head < Layout.Heads; head++)
            {
                ReadOnlySpan<byte> rows = Fake.Bytes(cache.AddressOf(plane, slot).Offset((long)head * cache.Rows * 2), length * 2);
                for (int row = 0; row < length; row++) Assert.Equal((Mark(slot, plane, head), (byte)row), (rows[2 * row], rows[2 * row + 1]));
            }
    }
}
