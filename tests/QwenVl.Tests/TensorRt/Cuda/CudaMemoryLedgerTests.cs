using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

public sealed class CudaMemoryLedgerTests : FakeCudaTest
{
    [Fact]
    public void Bytes_are_counted_while_held_and_the_peak_stays()
    {
        CudaMemoryLedger ledger = Driver.Memory;

        using (var first = new CudaDeviceVariable<int>(Context, 10))
        using (var pinned = new CudaPageLockedHostMemory<byte>(Context, 7))
        {
            using (var second = new CudaDeviceVariable<long>(Context, 5)) Assert.Equal(80, ledger.DeviceBytes);
            Assert.Equal((40, 7), (ledger.DeviceBytes, ledger.PinnedBytes));
        }

        Assert.Equal((0, 0, 80, 7), (ledger.DeviceBytes, ledger.PinnedBytes, ledger.PeakDeviceBytes, ledger.PeakPinnedBytes));
    }

    [Fact]
    public void Memory_that_the_driver_does_not_take_back_stays_counted()
    {
        var memory = new CudaDeviceVariable<byte>(Context, 3);
        Fake.Fail("cuMemFree_v2", CudaResult.IllegalAddress);

        memory.Dispose();

        Assert.Equal(3, Driver.Memory.DeviceBytes);
    }

    [Fact]
    public void Nothing_is_lost_when_many_threads_count()
    {
        var ledger = new CudaMemoryLedger();

        Parallel.For(0, 1000, _ =>
        {
            ledger.Add(CudaMemoryKind.Device, 3);
            ledger.Remove(CudaMemoryKind.Device, 3);
            ledger.Add(CudaMemoryKind.Pinned, 2);
        });

        Assert.Equal((0, 2000, 2000), (ledger.DeviceBytes, ledger.PinnedBytes, ledger.PeakPinnedBytes));
        Assert.InRange(ledger.PeakDeviceBytes, 3, 3000);
    }
}
