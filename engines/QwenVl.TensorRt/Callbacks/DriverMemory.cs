using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>Device memory by the CUDA driver. On a machine without a driver no address lies in device memory.</summary>
internal sealed unsafe class DriverMemory(CudaDriver? driver) : IDeviceMemory
{
    private const int MemoryTypeAttribute = 2;
    private const uint DeviceMemoryType = 2;

    /// <summary>By the driver of this machine, if it has one.</summary>
    public static DriverMemory OfThisMachine() => new(CudaDriver.TryLoad(out CudaDriver? driver, out _) ? driver : null);

    public bool Holds(nint address)
    {
        if (driver is null) return false;
        uint type = 0;
        // An address that the driver knows nothing of is an ordinary one of the host, and an error here.
        CudaResult result = driver.Functions.PointerGetAttribute(&type, MemoryTypeAttribute, address);
        return result is CudaResult.Success && type == DeviceMemoryType;
    }

    public void Copy(nint address, ReadOnlySpan<byte> bytes, nint cudaStream)
    {
        CudaDriver present = driver ?? throw new InvalidOperationException("There is no driver, and so no device memory.");
        fixed (byte* source = bytes)
        {
            CudaResult copied = present.Functions.MemcpyHtoDAsync(address, source, (nuint)bytes.Length, cudaStream);
            // The bytes are pinned no longer than this call: whatever the copy answers, nothing may still read them.
            CudaResult waited = present.Functions.StreamSynchronize(cudaStream);
            present.Check(copied, "cuMemcpyHtoDAsync");
            present.Check(waited, "cuStreamSynchronize");
        }
    }
}
