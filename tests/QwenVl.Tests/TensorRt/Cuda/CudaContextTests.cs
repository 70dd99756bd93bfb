using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

public sealed class CudaContextTests : FakeCudaTest
{
    [Fact]
    public void Calls_leave_the_thread_with_the_context_that_it_had()
    {
        using var other = new CudaContext(Driver.GetDevice(1));
        other.MakeCurrent();

        using (var memory = new CudaDeviceVariable<int>(Context, 4)) memory.MemsetAsync(1, Stream);
        Context.GetMemoryInfo();

        Assert.Equal(1, Fake.CurrentDevice);
    }

    [Fact]
    public void A_thread_that_had_no_context_has_none_afterwards()
    {
        int before = -2, after = -2;
        var thread = new Thread(() =>
        {
            before = Fake.CurrentDevice;
            using var memory = new CudaDeviceVariable<int>(Context, 4);
            memory.MemsetAsync(1, Stream);
            after = Fake.CurrentDevice;
        });
        thread.Start();
        thread.Join();

        Assert.Equal((-1, -1), (before, after));
    }

    [Fact]
    public void Memory_is_told_in_bytes()
    {
        using var memory = new CudaDeviceVariable<double>(Context, 100);

        Assert.Equal(new CudaMemoryInfo(FakeCudaDriver.TotalMemory - 800, FakeCudaDriver.TotalMemory), Context.GetMemoryInfo());
    }

    [Fact]
    public void A_disposed_context_makes_nothing_more()
    {
        var context = new CudaContext(Driver.GetDevice(1));
        context.Dispose();
        context.Dispose();

        Assert.Throws<ObjectDisposedException>(context.MakeCurrent);
        Assert.Throws<ObjectDisposedException>(() => context.GetMemoryInfo());
        Assert.Throws<ObjectDisposedException>(() => new CudaStream(context));
        Assert.Throws<ObjectDisposedException>(() => new CudaEvent(context));
        Assert.Throws<ObjectDisposedException>(() => new CudaDeviceVariable<int>(context, 1));
        Assert.Throws<ObjectDisposedException>(() => new CudaPageLockedHostMemory<int>(context, 1));
        Assert.Equal(1, Fake.Retained);
    }

    [Fact]
    public void A_device_that_cannot_be_used_is_named()
    {
        Fake.Fail("cuDevicePrimaryCtxRetain", CudaResult.DeviceUnavailable);

        var error = Assert.Throws<CudaException>(() => new CudaContext(Driver.GetDevice(1)));

        Assert.Equal("cuDevicePrimaryCtxRetain of device 1 (Fake 1) failed: CUDA_ERROR_DEVICE_UNAVAILABLE (device unavailable).", error.Message);
        Assert.Equal(1, Fake.Retained);
    }
}
