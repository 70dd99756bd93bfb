using QwenVl.TensorRt.Cuda.Handles;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// Memory of the device: so many elements in a row, which begin as whatever was there. The host cannot look at it, only
/// copy from and to it. Addresses are multiples of 256. Members may be called from any thread; what overlapping work on
/// two streams does to it is the caller's to order. Nothing that is queued keeps it alive: dispose it when the streams
/// that use it have been waited for.
/// </summary>
/// <typeparam name="T">The element.</typeparam>
public sealed unsafe partial class CudaDeviceVariable<T> : IDisposable
    where T : unmanaged
{
    private readonly CudaMemoryHandle _handle;

    /// <summary>Allocates.</summary>
    /// <param name="context">The context of the device.</param>
    /// <param name="count">Elements, at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is less than one, or its bytes cannot be counted.</exception>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    /// <exception cref="CudaException">The device has not so much free memory (<see cref="CudaResult.OutOfMemory"/>).</exception>
    public CudaDeviceVariable(CudaContext context, long count)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, long.MaxValue / sizeof(T));
        Count = count;
        _handle = CudaMemoryHandle.OfDevice(context, SizeInBytes);
    }

    /// <summary>Elements.</summary>
    public long Count { get; }

    /// <summary>Bytes.</summary>
    public long SizeInBytes => Count * sizeof(T);

    /// <summary>The address of the first element. It keeps nothing alive.</summary>
    /// <exception cref="ObjectDisposedException">The memory is disposed.</exception>
    public CudaDevicePointer DevicePointer
    {
        get
        {
            using HeldHandle memory = Hold();
            return new CudaDevicePointer((ulong)memory.Value);
        }
    }

    private CudaContextHandle Context => _handle.Context;

    private CudaFunctions Functions => _handle.Context.Functions;

    /// <summary>Sets every byte.</summary>
    /// <exception cref="ArgumentException">The stream is of another device.</exception>
    /// <exception cref="ObjectDisposedException">The memory or the stream is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses, or earlier work failed.</exception>
    public void MemsetAsync(byte value, CudaStream stream) => MemsetAsync(value, 0, Count, stream);

    /// <summary>Sets every byte of some elements.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="offset">The first element.</param>
    /// <param name="count">Elements; 0 does nothing.</param>
    /// <param name="stream">Where it is queued.</param>
    /// <exception cref="ArgumentOutOfRangeException">Some of the elements are not here.</exception>
    /// <exception cref="ArgumentException">The stream is of another device.</exception>
    /// <exception cref="ObjectDisposedException">The memory or the stream is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses, or earlier work failed.</exception>
    public void MemsetAsync(byte value, long offset, long count, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CopyBounds.Check(offset, count, Count, "destination");
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle memory = Hold();
        using HeldHandle queue = stream.Hold();
        if (count == 0) return;
        using var scope = new CudaScope(Context);
        Check(Functions.MemsetD8Async(At(memory, offset), value, Bytes(count), queue.Value), "cuMemsetD8Async", count);
    }

    /// <summary>Frees the memory. The driver waits for work of the device that is under way; what is queued later must not use it.</summary>
    public void Dispose() => _handle.Dispose();

    internal HeldHandle Hold() => new(_handle, this);

    private static nint At(HeldHandle memory, long offset) => memory.Value + (nint)(offset * sizeof(T));

    private static nuint Bytes(long count) => (nuint)(count * sizeof(T));

    private void Check(CudaResult result, string operation, long count)
    {
        if (result is not CudaResult.Success) throw Context.Driver.Failure(result, operation, $" of {ByteSize.Of(count * sizeof(T))}");
    }
}
