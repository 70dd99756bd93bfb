using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Memory;

/// <summary>An output's place on the device and its page-locked memory.</summary>
internal sealed class StagedOutput<T> : IDisposable
    where T : unmanaged
{
    private readonly CudaPageLockedHostMemory<T> _host;
    private readonly CudaDeviceVariable<T> _device;

    public StagedOutput(CudaContext context, string name, long count)
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
    }

    /// <summary>The output's name in the plan.</summary>
    public string Name { get; }

    /// <summary>What was downloaded last; read once the stream has passed that.</summary>
    public ReadOnlyMemory<T> Host => _host.Memory;

    /// <summary>Where the plan writes, from a number on.</summary>
    public CudaDevicePointer AddressOf(long first) => _device.DevicePointer.Offset(first * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());

    /// <summary>Queues the download of some numbers to the same place on the host.</summary>
    public void Download(long first, long count, CudaStream stream) => _device.CopyToHostAsync(_host, checked((int)first), first, checked((int)count), stream);

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Dispose();
        _host.Dispose();
    }
}
