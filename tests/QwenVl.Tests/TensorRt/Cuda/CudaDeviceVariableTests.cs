using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

public sealed class CudaDeviceVariableTests : FakeCudaTest
{
    [Fact]
    public void What_was_copied_there_comes_back()
    {
        using var memory = new CudaDeviceVariable<long>(Context, 3);
        using CudaPageLockedHostMemory<long> source = Host(1L, -2, long.MaxValue), back = Host(0L, 0, 0);

        memory.CopyFromHostAsync(source, Stream);
        memory.CopyToHostAsync(back, Stream);
        Stream.Synchronize();

        Assert.Equal([1, -2, long.MaxValue], back.Span);
        Assert.Equal((3, 24), (memory.Count, memory.SizeInBytes));
    }

    [Fact]
    public void Parts_are_copied_to_where_they_belong_in_elements()
    {
        using CudaDeviceVariable<int> memory = Device(0, 1, 2, 3, 4), other = Device(50, 51, 52);
        using CudaPageLockedHostMemory<int> host = Host(70, 71, 72, 73);

        memory.CopyFromHostAsync(host, 2, 1, 2, Stream);
        memory.CopyFromDeviceAsync(other, 1, 3, 1, Stream);
        memory.CopyFromDeviceAsync(memory, 0, 4, 1, Stream);
        memory.CopyToHostAsync(host, 3, 2, 1, Stream);
        Stream.Synchronize();

        Assert.Equal([0, 72, 73, 51, 0], Read(memory));
        Assert.Equal([70, 71, 72, 73], host.Span);
    }

    [Fact]
    public void Bytes_are_set_where_asked()
    {
        using CudaDeviceVariable<ushort> memory = Device<ushort>(1, 2, 3, 4);

        memory.MemsetAsync(0xAB, 1, 2, Stream);

        Assert.Equal([1, 0xABAB, 0xABAB, 4], Read(memory));
    }

    [Theory]
    [InlineData(-1, 0, 1)]
    [InlineData(0, -1, 1)]
    [InlineData(0, 0, -1)]
    [InlineData(0, 0, 5)]
    [InlineData(4, 0, 1)]
    [InlineData(0, 4, 1)]
    [InlineData(1, 0, 4)]
    [InlineData(long.MaxValue, 0, 1)]
    [InlineData(0, long.MaxValue, long.MaxValue)]
    [InlineData(1, 1, long.MaxValue)]
    public void Copies_beyond_the_memory_throw_before_the_driver_is_called(long sourceOffset, long offset, long count)
    {
        using CudaDeviceVariable<int> source = Device(1, 2, 3, 4), memory = Device(1, 2, 3, 4);
        Fake.ForgetCalls();

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyFromDeviceAsync(source, sourceOffset, offset, count, Stream));
        Assert.Empty(Fake.Calls);
    }

    [Theory]
    [InlineData(0, 0, 5)]
    [InlineData(3, 0, 2)]
    [InlineData(0, 3, 2)]
    [InlineData(-1, 0, 1)]
    [InlineData(int.MaxValue, 0, int.MaxValue)]
    public void Copies_beyond_host_memory_throw_before_the_driver_is_called(int hostOffset, int offset, int count)
    {
        using CudaDeviceVariable<int> memory = Device(1, 2, 3, 4);
        using CudaPageLockedHostMemory<int> host = Host(1, 2, 3, 4);
        Fake.ForgetCalls();

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyFromHostAsync(host, hostOffset, offset, count, Stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyToHostAsync(host, hostOffset, offset, count, Stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.MemsetAsync(0, hostOffset, 5, Stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyFromHost(new int[5], 0, Stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyToHost(new int[2], 3, Stream));
        Assert.Empty(Fake.Calls);
    }

    [Fact]
    public void Overlapping_ranges_of_one_memory_are_refused_and_touching_ones_are_not()
    {
        using CudaDeviceVariable<int> memory = Device(1, 2, 3, 4);

        Assert.Throws<ArgumentException>(() => memory.CopyFromDeviceAsync(memory, 0, 1, 2, Stream));
        memory.CopyFromDeviceAsync(memory, 0, 2, 2, Stream);

        Assert.Equal([1, 2, 1, 2], Read(memory));
    }

    [Fact]
    public void Copies_of_nothing_do_not_call_the_driver()
    {
        using CudaDeviceVariable<int> source = Device(1), memory = Device(2);
        using CudaPageLockedHostMemory<int> host = Host(3);
        Fake.ForgetCalls();

        memory.CopyFromDeviceAsync(source, 1, 1, 0, Stream);
        memory.CopyFromHostAsync(host, 1, 1, 0, Stream);
        memory.CopyToHostAsync(host, 1, 1, 0, Stream);
        memory.MemsetAsync(0, 1, 0, Stream);

        Assert.Empty(Fake.Calls);
    }

    [Fact]
    public void Copies_from_and_to_spans_are_done_on_return()
    {
        Fake.Deferred = true;
        using var memory = new CudaDeviceVariable<int>(Context, 3);
        int[] values = [1, 2, 3], back = new int[2];

        memory.CopyFromHost(values, 0, Stream);
        values.AsSpan().Clear();
        memory.CopyToHost(back, 1, Stream);

        Assert.Equal([2, 3], back);
    }

    [Fact]
    public void A_copy_from_a_span_that_fails_still_waits_before_it_lets_the_span_go()
    {
        using CudaDeviceVariable<int> memory = Device(1);
        Fake.ForgetCalls();
        Fake.Fail("cuMemcpyHtoDAsync_v2", CudaResult.IllegalAddress);

        var error = Assert.Throws<CudaException>(() => memory.CopyFromHost([2], 0, Stream));

        Assert.True(error.IsContextLost);
        Assert.Equal("cuMemcpyHtoDAsync of 4 bytes failed: CUDA_ERROR_ILLEGAL_ADDRESS (illegal address).", error.Message);
        Assert.Contains("cuStreamSynchronize", Fake.Calls);
    }

    [Fact]
    public void Copies_from_and_to_spans_are_refused_while_the_stream_is_captured()
    {
        using CudaDeviceVariable<int> memory = Device(1);

        using CudaGraph graph = Stream.Capture(() =>
        {
            Assert.Throws<InvalidOperationException>(() => memory.CopyFromHost([2], 0, Stream));
            Assert.Throws<InvalidOperationException>(() => memory.CopyToHost(new int[1], 0, Stream));
        });

        Assert.Equal(0, graph.NodeCount);
    }

    [Fact]
    public void Things_of_another_device_are_refused_by_name()
    {
        using var elsewhere = new CudaContext(Driver.GetDevice(1));
        using var stream = new CudaStream(elsewhere);
        using var far = new CudaDeviceVariable<int>(elsewhere, 1);
        using CudaDeviceVariable<int> near = Device(1);
        Fake.ForgetCalls();

        var error = Assert.Throws<ArgumentException>(() => near.MemsetAsync(0, stream));
        Assert.Throws<ArgumentException>(() => near.CopyFromDeviceAsync(far, 0, 0, 1, Stream));

        Assert.StartsWith("It lives on device 1 (Fake 1), this on device 0 (Fake 0): use one context for both.", error.Message, StringComparison.Ordinal);
        Assert.Empty(Fake.Calls);
    }

    [Fact]
    public void Two_contexts_of_one_device_work_together()
    {
        using var again = new CudaContext(Driver.GetDevice(0));
        using var stream = new CudaStream(again);
        using CudaDeviceVariable<int> memory = Device(1);

        memory.MemsetAsync(0, stream);

        Assert.Equal([0], Read(memory));
    }

    [Fact]
    public void Memory_that_is_not_there_is_told_with_size_device_and_what_is_free_and_leaves_nothing_behind()
    {
        int living = Fake.Living;
        Fake.Fail("cuMemAlloc_v2", CudaResult.OutOfMemory);

        var error = Assert.Throws<CudaException>(() => new CudaDeviceVariable<float>(Context, 300_000_000));

        Assert.Equal((CudaResult.OutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY", "cuMemAlloc", false), (error.Result, error.ResultName, error.Operation, error.IsContextLost));
        Assert.Equal("cuMemAlloc of 1.2 GB on device 0 (Fake 0), of whose 80.0 GB 80.0 GB are free, failed: CUDA_ERROR_OUT_OF_MEMORY (out of memory).", error.Message);
        Assert.Equal((living, 0, 0), (Fake.Living, Driver.Memory.DeviceBytes, Driver.Memory.PeakDeviceBytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Sizes_that_are_none_are_refused(long count) => Assert.Throws<ArgumentOutOfRangeException>(() => new CudaDeviceVariable<int>(Context, count));

    [Fact]
    public void An_address_is_a_number_to_count_from()
    {
        using CudaDeviceVariable<int> memory = Device(1, 2);

        Assert.Equal(0ul, memory.DevicePointer.Address % 256);
        Assert.Equal(memory.DevicePointer.Address + 4, memory.DevicePointer.Offset(4).Address);
        Assert.Equal(memory.DevicePointer, memory.DevicePointer.Offset(8).Offset(-8));
        Assert.Throws<OverflowException>(() => default(CudaDevicePointer).Offset(-1));
        Assert.Equal("0x1F00", new CudaDevicePointer(0x1F00).ToString());
    }
}
