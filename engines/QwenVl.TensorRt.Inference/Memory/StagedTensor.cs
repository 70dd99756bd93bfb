using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Memory;

/// <summary>A plan's tensor on the device, and page-locked memory of the same length for the way there or back.</summary>
internal abstract class StagedTensor<T> : IDisposable
    where T : unmanaged
{
    protected StagedTensor(CudaContext context, string name, long count)
    {
        Name = name;
        Pinned = new CudaPageLockedHostMemory<T>(context, checked((int)count));
        try
        {
            Device = new CudaDeviceVariable<T>(context, count);
        }
        catch
        {
            Pinned.Dispose();
            throw;
        }
    }

    /// <summary>The tensor's name in the plan.</summary>
    public string Name { get; }

    protected CudaPageLockedHostMemory<T> Pinned { get; }

    protected CudaDeviceVariable<T> Device { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Device.Dispose();
        Pinned.Dispose();
    }
}
