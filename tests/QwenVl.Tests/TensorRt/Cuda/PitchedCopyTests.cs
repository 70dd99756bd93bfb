using FsCheck.Xunit;
using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

public sealed class PitchedCopyTests : FakeCudaTest
{
    [Property(MaxTest = 200)]
    public void A_copy_of_rows_moves_what_a_loop_moves(int seed)
    {
        var random = new Random(seed);
        CudaCopy2D copy = Rows(random);
        short[] from = Numbers((int)(copy.SourceOffset + copy.Height * copy.SourcePitch) + random.Next(1, 4));
        var to = new short[copy.DestinationOffset + copy.Height * copy.DestinationPitch + random.Next(1, 4)];
        using CudaDeviceVariable<short> source = Device(from), destination = Device(to);

        destination.Copy2DAsync(source, copy, Stream);
        for (long y = 0; y < copy.Height; y++)
            for (long x = 0; x < copy.Width; x++)
                to[copy.DestinationOffset + y * copy.DestinationPitch + x] = from[copy.SourceOffset + y * copy.SourcePitch + x];

        Assert.Equal(to, Read(destination));
    }

    [Property(MaxTest = 200)]
    public void A_copy_of_slices_moves_what_a_loop_moves(int seed)
    {
        var random = new Random(seed);
        CudaCopy3D copy = Slices(random);
        var from = new int[Total(copy.SourceOffset, copy.SourcePitch, copy.SourceSliceRows)];
        var to = new int[Total(copy.DestinationOffset, copy.DestinationPitch, copy.DestinationSliceRows)];
        for (int i = 0; i < from.Length; i++) from[i] = i + 1;
        using CudaDeviceVariable<int> source = Device(from), destination = Device(to);

        destination.Copy3DAsync(source, copy, Stream);
        for (long z = 0; z < copy.Depth; z++)
            for (long y = 0; y < copy.Height; y++)
            {
                long read = copy.SourceOffset + (z * copy.SourceSliceRows + y) * copy.SourcePitch;
                long write = copy.DestinationOffset + (z * copy.DestinationSliceRows + y) * copy.DestinationPitch;
                for (long x = 0; x < copy.Width; x++) to[write + x] = from[read + x];
            }

        Assert.Equal(to, Read(destination));

        int Total(long offset, long pitch, long rows) => (int)(offset + copy.Depth * rows * pitch + 1);
    }

    [Property(MaxTest = 500)]
    public void Rows_are_refused_exactly_if_a_loop_would_leave_the_memory(int seed)
    {
        var random = new Random(seed);
        CudaCopy2D copy = Rows(random);
        int from = random.Next(1, 60), to = random.Next(1, 60);
        using var source = new CudaDeviceVariable<byte>(Context, from);
        using var destination = new CudaDeviceVariable<byte>(Context, to);
        long lastRead = copy.SourceOffset + (copy.Height - 1) * copy.SourcePitch + copy.Width;
        long lastWritten = copy.DestinationOffset + (copy.Height - 1) * copy.DestinationPitch + copy.Width;
        bool fits = copy.Width == 0 || copy.Height == 0 || (lastRead <= from && lastWritten <= to);

        Exception? error = Record.Exception(() => destination.Copy2DAsync(source, copy, Stream));

        if (fits) Assert.Null(error);
        else Assert.IsType<ArgumentOutOfRangeException>(error);
        Assert.Empty(Fake.Violations);
    }

    [Fact]
    public void The_last_row_may_end_where_the_memory_ends()
    {
        using CudaDeviceVariable<int> source = Device(1, 2, 3, 4), destination = Device(0, 0, 0, 0, 0);

        destination.Copy2DAsync(source, new CudaCopy2D { Width = 2, Height = 2, SourcePitch = 2, DestinationPitch = 3 }, Stream);

        Assert.Equal([1, 2, 0, 3, 4], Read(destination));
    }

    [Fact]
    public void New_rows_of_every_head_go_to_the_end_of_a_cache()
    {
        const int Heads = 2, Capacity = 4, Width = 2, Past = 1, New = 2;
        using CudaDeviceVariable<int> rows = Device(Enumerable.Range(1, Heads * New * Width).ToArray()), cache = Device(new int[Heads * Capacity * Width]);

        cache.Copy2DAsync(
            rows,
            new CudaCopy2D { Width = New * Width, Height = Heads, SourcePitch = New * Width, DestinationPitch = Capacity * Width, DestinationOffset = Past * Width },
            Stream);

        Assert.Equal([0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0], Read(cache));
    }

    [Theory]
    [InlineData(3, 2, 0, 2)]
    [InlineData(2, 3, 0, 2)]
    [InlineData(1, 2, 3, 2)]
    [InlineData(-1, 1, 0, 2)]
    [InlineData(1, -1, 0, 2)]
    [InlineData(1, 1, -1, 2)]
    [InlineData(1, 1, long.MaxValue, 2)]
    [InlineData(1, 3, 0, long.MaxValue)]
    [InlineData(1, long.MaxValue, 0, long.MaxValue)]
    [InlineData(long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue)]
    public void Rows_beyond_the_memory_throw_before_the_driver_is_called(long width, long height, long offset, long pitch)
    {
        using CudaDeviceVariable<int> small = Device(1, 2, 3, 4), large = Device(new int[1000]);
        var read = new CudaCopy2D { Width = width, Height = height, SourceOffset = offset, SourcePitch = pitch, DestinationPitch = Math.Max(width, 2) };
        var write = new CudaCopy2D { Width = width, Height = height, DestinationOffset = offset, DestinationPitch = pitch, SourcePitch = Math.Max(width, 2) };
        Fake.ForgetCalls();

        Assert.Throws<ArgumentOutOfRangeException>(() => large.Copy2DAsync(small, read, Stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => small.Copy2DAsync(large, write, Stream));
        Assert.Empty(Fake.Calls);
    }

    [Theory]
    [InlineData(2, 2, 3, 2, 2)]
    [InlineData(1, 3, 1, 1, 2)]
    [InlineData(1, 1, -1, 1, 1)]
    [InlineData(1, 1, 2, long.MaxValue, long.MaxValue)]
    [InlineData(long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue)]
    public void Slices_beyond_the_memory_throw_before_the_driver_is_called(long width, long height, long depth, long pitch, long sliceRows)
    {
        using CudaDeviceVariable<int> small = Device(new int[8]), large = Device(new int[1000]);
        var tight = new CudaCopy3D
        {
            Width = width,
            Height = height,
            Depth = depth,
            SourcePitch = width,
            SourceSliceRows = height,
            DestinationPitch = width,
            DestinationSliceRows = height,
        };
        CudaCopy3D read = tight with { SourcePitch = pitch, SourceSliceRows = sliceRows };
        CudaCopy3D write = tight with { DestinationPitch = pitch, DestinationSliceRows = sliceRows };
        Fake.ForgetCalls();

        Assert.Throws<ArgumentOutOfRangeException>(() => large.Copy3DAsync(small, read, Stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => small.Copy3DAsync(large, write, Stream));
        Assert.Empty(Fake.Calls);
    }

    [Fact]
    public void Rows_further_apart_than_the_device_can_copy_are_refused()
    {
        Fake.MaxPitch = 64;
        using var context = new CudaContext(Driver.GetDevice(0));
        using var memory = new CudaDeviceVariable<int>(context, 100);
        using CudaDeviceVariable<int> source = Device(new int[100]);

        memory.Copy2DAsync(source, new CudaCopy2D { Width = 1, Height = 2, SourcePitch = 16, DestinationPitch = 16 }, Stream);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            memory.Copy2DAsync(source, new CudaCopy2D { Width = 1, Height = 2, SourcePitch = 17, DestinationPitch = 16 }, Stream));

        Assert.Contains("device 0 (Fake 0) copies rows at most 64 bytes apart", error.Message, StringComparison.Ordinal);
    }

    private static CudaCopy2D Rows(Random random)
    {
        int width = random.Next(6);
        return new CudaCopy2D
        {
            Width = width,
            Height = random.Next(6),
            SourceOffset = random.Next(5),
            SourcePitch = width + random.Next(4),
            DestinationOffset = random.Next(5),
            DestinationPitch = width + random.Next(4),
        };
    }

    private static CudaCopy3D Slices(Random random)
    {
        CudaCopy2D rows = Rows(random);
        return new CudaCopy3D
        {
            Width = rows.Width,
            Height = rows.Height,
            Depth = random.Next(5),
            SourceOffset = rows.SourceOffset,
            SourcePitch = rows.SourcePitch,
            SourceSliceRows = rows.Height + random.Next(3),
            DestinationOffset = rows.DestinationOffset,
            DestinationPitch = rows.DestinationPitch,
            DestinationSliceRows = rows.Height + random.Next(3),
        };
    }

    private static short[] Numbers(int count) => [.. Enumerable.Range(1, count).Select(number => (short)number)];
}
