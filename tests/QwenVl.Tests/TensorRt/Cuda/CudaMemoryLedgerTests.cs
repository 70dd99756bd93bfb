using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

[Collection(nameof(FakeCudaDriver))]
public sealed class CudaMemoryLedgerTests : IDisposable
{
    private readonly FakeCudaDriver _fake = new();
    private readonly CudaContext _context;
    private readonly CudaMemoryLedger _ledger;

    public CudaMemoryLedgerTests()
    {
        _context = new CudaContext(_fake.Start().GetDevice(0));
        _ledger = _context.Driver.Memory;
    }

    [Fact]
    public void Bytes_are_counted_while_held_and_the_peak_stays()
    {
        using (var first = new CudaDeviceVariable<int>(_context, 10))
        using (var pinned = new CudaPageLockedHostMemory<byte>(_context, 7))
        {
            using (var second = new CudaDeviceVariable<long>(_context, 5)) Assert.Equal(80, _ledger.DeviceBytes);
            Assert.Equal((40, 7), (_ledger.DeviceBytes, _ledger.PinnedBytes));
        }

        Assert.Equal((0, 0, 80, 7), (_ledger.DeviceBytes, _ledger.PinnedBytes, _ledger.PeakDeviceBytes, _ledger.PeakPinnedBytes));
    }

    [Fact]
    public void Memory_that_the_driver_does_not_take_back_stays_counted()
    {
        var memory = new CudaDeviceVariable<byte>(_context, 3);
        _fake.Fail("cuMemFree_v2", CudaResult.IllegalAddress);

        memory.Dispose();

        Assert.Equal(3, _ledger.DeviceBytes);
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

    public void Dispose()
    {
        _context.Dispose();
        _fake.Dispose();
    }
}
