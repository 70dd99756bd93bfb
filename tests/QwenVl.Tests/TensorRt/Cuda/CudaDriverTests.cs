using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Cuda.Native;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

[Collection(nameof(FakeCudaDriver))]
public sealed class CudaDriverTests
{
    [Fact]
    public void A_machine_without_a_driver_says_so_in_one_line()
    {
        if (CudaDriver.TryLoad(out CudaDriver? driver, out string? whyNot)) Assert.Skip($"This machine has a CUDA driver ({driver.Version}).");

        Assert.StartsWith("No NVIDIA driver: ", whyNot, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', whyNot);
        Assert.All(CudaLibrary.Candidates, candidate => Assert.Contains(candidate, whyNot, StringComparison.Ordinal));
        Assert.Equal(whyNot, Assert.Throws<CudaUnavailableException>(CudaDriver.Load).Message);
    }

    [Fact]
    public void Facts_of_driver_and_device_are_read()
    {
        using var fake = new FakeCudaDriver();

        CudaDriver driver = fake.Start();
        CudaDevice device = driver.GetDevice(1);

        Assert.Equal(new Version(12, 8), driver.Version);
        Assert.Equal(2, driver.DeviceCount);
        Assert.Equal((1, "Fake 1"), (device.Index, device.Name));
        Assert.Equal((9, 0), (device.ComputeCapabilityMajor, device.ComputeCapabilityMinor));
        Assert.Equal((FakeCudaDriver.TotalMemory, 132), (device.TotalMemoryBytes, device.Multiprocessors));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_device_that_is_not_there_is_told_with_how_many_are(int index)
    {
        using var fake = new FakeCudaDriver();
        CudaDriver driver = fake.Start();

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => driver.GetDevice(index));

        Assert.Contains("the driver has 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_without_an_entry_point_is_too_old()
    {
        using var fake = new FakeCudaDriver();
        fake.Hide("cuGraphExecUpdate_v2");

        var error = Assert.Throws<CudaUnavailableException>(fake.Start);

        Assert.Equal("The NVIDIA driver is too old: it has no cuGraphExecUpdate_v2. Install a driver for CUDA 12.0 or later.", error.Message);
    }

    [Fact]
    public void No_device_is_told_as_that_however_the_driver_says_it()
    {
        using (var none = new FakeCudaDriver(devices: 0))
            Assert.Contains("found no device", Assert.Throws<CudaUnavailableException>(none.Start).Message, StringComparison.Ordinal);
        using var refusing = new FakeCudaDriver();
        refusing.Fail("cuInit", CudaResult.NoDevice);
        Assert.Contains("found no device", Assert.Throws<CudaUnavailableException>(refusing.Start).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_does_not_start_is_told_by_the_drivers_name_for_it()
    {
        using var fake = new FakeCudaDriver();
        fake.Fail("cuInit", CudaResult.SystemDriverMismatch);

        var error = Assert.Throws<CudaUnavailableException>(fake.Start);

        Assert.Equal("The NVIDIA driver did not start: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (system driver mismatch). Check nvidia-smi.", error.Message);
    }

    [Fact]
    public void A_result_that_has_no_name_keeps_its_number()
    {
        using var fake = new FakeCudaDriver();
        CudaDriver driver = fake.Start();
        fake.Fail("cuDeviceGet", (CudaResult)12345);

        var error = Assert.Throws<CudaException>(() => driver.GetDevice(0));

        Assert.Equal(("cuDeviceGet failed: CUDA error 12345.", (CudaResult)12345, "cuDeviceGet"), (error.Message, error.Result, error.Operation));
    }
}
