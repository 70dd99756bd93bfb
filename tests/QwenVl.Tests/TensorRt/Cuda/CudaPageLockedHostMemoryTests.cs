using System.Buffers;
using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

public sealed class CudaPageLockedHostMemoryTests : FakeCudaTest
{
    [Theory]
    [InlineData(false, 1u)]
    [InlineData(true, 5u)]
    public void Every_device_may_copy_from_it_and_write_combining_is_asked_for_when_wanted(bool writeCombined, uint flags)
    {
        using var memory = new CudaPageLockedHostMemory<int>(Context, 4, writeCombined);

        Assert.Equal(new FakeMemory(16, OnDevice: false, flags), Assert.Single(Fake.Memory));
        Assert.Equal((4, 16), (memory.Count, memory.SizeInBytes));
    }

    [Fact]
    public void Span_and_memory_show_the_same_elements()
    {
        using CudaPageLockedHostMemory<int> memory = Host(1, 2, 3);

        memory.Memory.Span[1] = 20;

        Assert.Equal([1, 20, 3], memory.Span);
        Assert.Equal(3, memory.Memory.Length);
    }

    [Fact]
    public unsafe void Pinned_memory_is_freed_when_it_is_let_go()
    {
        CudaPageLockedHostMemory<int> memory = Host(1, 2, 3);

        using (MemoryHandle pin = memory.Memory[1..].Pin())
        {
            memory.Dispose();
            Assert.Equal(2, *(int*)pin.Pointer);
            Assert.Equal(12, Driver.Memory.PinnedBytes);
        }

        Assert.Equal(0, Driver.Memory.PinnedBytes);
        Assert.Empty(Fake.Memory);
    }

    [Fact]
    public void Memory_that_cannot_be_locked_is_told_with_its_size_and_leaves_nothing_behind()
    {
        Fake.Fail("cuMemHostAlloc", CudaResult.OutOfMemory);

        var error = Assert.Throws<CudaException>(() => new CudaPageLockedHostMemory<double>(Context, 1_000_000));

        Assert.Equal("cuMemHostAlloc of 8.0 MB of page-locked host memory failed: CUDA_ERROR_OUT_OF_MEMORY (out of memory).", error.Message);
        Assert.Empty(Fake.Memory);
        Assert.Equal(0, Driver.Memory.PeakPinnedBytes);
    }

    [Fact]
    public void None_is_no_size() => Assert.Throws<ArgumentOutOfRangeException>(() => new CudaPageLockedHostMemory<int>(Context, 0));
}
