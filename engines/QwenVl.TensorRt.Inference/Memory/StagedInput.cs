using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Memory;

/// <summary>An input's page-locked memory and its place on the device.</summary>
internal sealed class StagedInput<T> : IDisposable
    where T : unmanaged
{
    private readonly CudaPageLockedHostMemory<T> _host;
    private readonly CudaDeviceVariable<T> _device;

    public StagedInput(CudaContext context, string name, long count)
    {
        Name = name;
        _host = new CudaPageLockedHostMemory<T>(context, checked((int)count));
        try
        {
            _device = new CudaDeviceVariable<T>(context, count);
        }
        catch
        {
            _host.Dispose();
            throw;
        }

        // Padding is computed with and then thrown away: it must be numbers that do no harm.
        _host.Span.Clear();
    }

    /// <summary>The input's name in the plan.</summary>
    public string Name { get; }

    /// <summary>Filled by the caller; not while an upload of it is under way.</summary>
    public Span<T> Host => _host.Span;

    /// <summary>Where the plan reads.</summary>
    public CudaDevicePointer Address => _device.DevicePointer;

    /// <summary>Queues the upload of the first numbers.</summary>
    public void Upload(long count, CudaStream stream) => _device.CopyFromHostAsync(_host, 0, 0, checked((int)count), stream);

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Dispose();
        _host.Dispose();
    }
}
