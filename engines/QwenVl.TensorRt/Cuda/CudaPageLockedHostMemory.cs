using QwenVl.TensorRt.Cuda.Handles;

namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// Page-locked memory of the host, which the device copies from and to on its own. It lies outside the garbage
/// collector's reach, begins as whatever was there, and belongs to this object. It takes a call of the driver and
/// physical memory, so allocate it once and use it again. Members may be called from any thread; who writes while a copy
/// is under way gets a mixture.
/// </summary>
/// <typeparam name="T">The element.</typeparam>
public sealed unsafe class CudaPageLockedHostMemory<T> : IDisposable
    where T : unmanaged
{
    private readonly CudaMemoryHandle _handle;

    /// <summary>Allocates.</summary>
    /// <param name="context">The context whose device is to copy; every other device may too.</param>
    /// <param name="count">Elements, at least one.</param>
    /// <param name="writeCombined">
    /// For memory that the host only ever writes, in order: faster for the device to read, and very slow for the host to.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The count is less than one.</exception>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    /// <exception cref="CudaException">There is not so much memory to lock.</exception>
    public CudaPageLockedHostMemory(CudaContext context, int count, bool writeCombined = false)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _handle = CudaMemoryHandle.OfHost(context, SizeInBytes, writeCombined);
        Memory = new HostMemoryView<T>(this).Memory;
    }

    /// <summary>Elements.</summary>
    public int Count { get; }

    /// <summary>Bytes.</summary>
    public long SizeInBytes => (long)Count * sizeof(T);

    /// <summary>
    /// All elements. The span does not keep the memory: keep this object reachable and undisposed as long as the span is
    /// used.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The memory is disposed.</exception>
    public Span<T> Span
    {
        get
        {
            using HeldHandle memory = Hold();
            return new Span<T>((void*)memory.Value, Count);
        }
    }

    /// <summary>All elements, keeping this object reachable; using it after this object is disposed throws.</summary>
    public Memory<T> Memory { get; }

    internal CudaContextHandle Context => _handle.Context;

    /// <summary>Frees the memory. No copy from or to it may be under way.</summary>
    public void Dispose() => _handle.Dispose();

    internal HeldHandle Hold() => new(_handle, this);

    /// <summary>Keeps the memory from being freed until the matching <see cref="Unpin"/>.</summary>
    internal T* Pin()
    {
        ObjectDisposedException.ThrowIf(_handle.IsDisposed, this);
        bool added = false;
        _handle.DangerousAddRef(ref added);
        return (T*)_handle.DangerousGetHandle();
    }

    internal void Unpin() => _handle.DangerousRelease();
}
