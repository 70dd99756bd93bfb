using QwenVl.TensorRt.Cuda.Handles;

namespace QwenVl.TensorRt.Cuda;

/// <content>Copies from and to any memory of the host, which wait. For start-up, tests and small things.</content>
public sealed unsafe partial class CudaDeviceVariable<T>
{
    /// <summary>Copies from the host and waits until that, and all queued on the stream before, is done.</summary>
    /// <param name="source">Any memory; free for use again on return. The driver stages it, at about half the speed of page-locked memory.</param>
    /// <param name="offset">The first element of this memory to write.</param>
    /// <param name="stream">Where it is queued.</param>
    /// <exception cref="ArgumentOutOfRangeException">Some of the elements are not here.</exception>
    /// <exception cref="ArgumentException">The stream is of another device.</exception>
    /// <exception cref="InvalidOperationException">The stream is being captured.</exception>
    /// <exception cref="ObjectDisposedException">The memory or the stream is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses, or this or earlier work failed.</exception>
    public void CopyFromHost(ReadOnlySpan<T> source, long offset, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CopyBounds.Check(offset, source.Length, Count, "destination");
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle device = Hold();
        using HeldHandle queue = stream.Hold();
        NotCapturing(stream);
        using var scope = new CudaScope(Context);
        fixed (T* host = source)
        {
            // Whatever the first answers, nothing may still read the span when it is unpinned: so the wait comes before the check.
            CudaResult copied = source.IsEmpty ? CudaResult.Success : Functions.MemcpyHtoDAsync(At(device, offset), host, Bytes(source.Length), queue.Value);
            CudaResult waited = Functions.StreamSynchronize(queue.Value);
            Check(copied, "cuMemcpyHtoDAsync", source.Length);
            Context.Driver.Check(waited, "cuStreamSynchronize");
        }
    }

    /// <summary>Waits for all queued on the stream before, copies to the host, and waits for that too.</summary>
    /// <param name="destination">Any memory; filled on return.</param>
    /// <param name="offset">The first element of this memory to read.</param>
    /// <param name="stream">Where it is queued.</param>
    /// <exception cref="ArgumentOutOfRangeException">Some of the elements are not here.</exception>
    /// <exception cref="ArgumentException">The stream is of another device.</exception>
    /// <exception cref="InvalidOperationException">The stream is being captured.</exception>
    /// <exception cref="ObjectDisposedException">The memory or the stream is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses, or this or earlier work failed.</exception>
    public void CopyToHost(Span<T> destination, long offset, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CopyBounds.Check(offset, destination.Length, Count, "source");
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle device = Hold();
        using HeldHandle queue = stream.Hold();
        NotCapturing(stream);
        using var scope = new CudaScope(Context);
        fixed (T* host = destination)
        {
            CudaResult copied = destination.IsEmpty ? CudaResult.Success : Functions.MemcpyDtoHAsync(host, At(device, offset), Bytes(destination.Length), queue.Value);
            CudaResult waited = Functions.StreamSynchronize(queue.Value);
            Check(copied, "cuMemcpyDtoHAsync", destination.Length);
            Context.Driver.Check(waited, "cuStreamSynchronize");
        }
    }

    /// <summary>A captured copy would keep the span's address, and be done when the memory is somebody else's.</summary>
    private static void NotCapturing(CudaStream stream)
    {
        if (stream.IsCapturing) throw new InvalidOperationException("The stream is being captured: there copies need page-locked memory and must not wait.");
    }
}
