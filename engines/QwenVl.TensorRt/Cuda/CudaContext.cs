using QwenVl.TensorRt.Cuda.Handles;

namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// A share in a device's primary context, the one that libraries such as TensorRT use too. Streams, events and memory are
/// made in it and keep it alive: it is released when this object and all of them are disposed, in any order. All members
/// may be called from any thread. Calls of this library make the context current for themselves and leave the thread as
/// they found it; code of others needs <see cref="MakeCurrent"/> first.
/// </summary>
public sealed unsafe class CudaContext : IDisposable
{
    /// <summary>Retains the primary context of a device; the first in a process takes up to a second and some hundred MB of the device.</summary>
    /// <exception cref="CudaException">The device cannot be used, for instance because another process holds it alone.</exception>
    public CudaContext(CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Handle = CudaContextHandle.Retain(device);
    }

    /// <summary>As <see cref="CudaContext(CudaDevice)"/>, by the device's number; loads the driver if need be.</summary>
    /// <exception cref="CudaUnavailableException">CUDA cannot be used on this machine.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no device of that number.</exception>
    /// <exception cref="CudaException">The device cannot be used.</exception>
    public CudaContext(int deviceIndex = 0)
        : this(CudaDriver.Load().GetDevice(deviceIndex))
    {
    }

    /// <summary>The device.</summary>
    public CudaDevice Device => Handle.Device;

    /// <summary>The driver, whose ledger counts what is allocated here.</summary>
    public CudaDriver Driver => Handle.Driver;

    internal CudaContextHandle Handle { get; }

    /// <summary>Makes the context current on the calling thread, until another is. Cheap: call it whenever in doubt.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    /// <exception cref="CudaException">The context is lost.</exception>
    public void MakeCurrent()
    {
        using HeldHandle context = Hold();
        Driver.Check(Handle.Functions.CtxSetCurrent(context.Value), "cuCtxSetCurrent");
    }

    /// <summary>The device's memory, with what other libraries and processes hold.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    /// <exception cref="CudaException">The context is lost.</exception>
    public CudaMemoryInfo GetMemoryInfo()
    {
        using HeldHandle context = Hold();
        using var scope = new CudaScope(Handle);
        nuint free, total;
        Driver.Check(Handle.Functions.MemGetInfo(&free, &total), "cuMemGetInfo");
        return new CudaMemoryInfo(checked((long)free), checked((long)total));
    }

    /// <summary>Gives this share up. What was made in the context stays usable, and keeps it, until disposed itself.</summary>
    public void Dispose() => Handle.Dispose();

    internal HeldHandle Hold() => new(Handle, this);
}
