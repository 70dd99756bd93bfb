using QwenVl.TensorRt.Cuda.Handles;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda;

/// <content>Copies. All ranges are checked before the driver is called; copies of nothing do not call it.</content>
public sealed unsafe partial class CudaDeviceVariable<T>
{
    /// <summary>Queues a copy of all of the source to the beginning of this memory.</summary>
    /// <inheritdoc cref="CopyFromHostAsync(CudaPageLockedHostMemory{T}, int, long, int, CudaStream)"/>
    public void CopyFromHostAsync(CudaPageLockedHostMemory<T> source, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(source);
        CopyFromHostAsync(source, 0, 0, source.Count, stream);
    }

    /// <summary>Queues a copy from the host to the device.</summary>
    /// <param name="source">Where to read; alive and unchanged until the stream has passed the copy.</param>
    /// <param name="sourceOffset">The first element to read.</param>
    /// <param name="offset">The first element of this memory to write.</param>
    /// <param name="count">Elements; 0 does nothing.</param>
    /// <param name="stream">Where it is queued.</param>
    /// <exception cref="ArgumentOutOfRangeException">Some of the elements are not there.</exception>
    /// <exception cref="ArgumentException">The stream is of another device.</exception>
    /// <exception cref="ObjectDisposedException">One of the three is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses, or earlier work failed.</exception>
    public void CopyFromHostAsync(CudaPageLockedHostMemory<T> source, int sourceOffset, long offset, int count, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(stream);
        CopyBounds.Check(sourceOffset, count, source.Count, "source");
        CopyBounds.Check(offset, count, Count, "destination");
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle host = source.Hold();
        using HeldHandle device = Hold();
        using HeldHandle queue = stream.Hold();
        if (count == 0) return;
        using var scope = new CudaScope(Context);
        Check(Functions.MemcpyHtoDAsync(At(device, offset), (void*)At(host, sourceOffset), Bytes(count), queue.Value), "cuMemcpyHtoDAsync", count);
    }

    /// <summary>Queues a copy from the beginning of this memory that fills the destination.</summary>
    /// <inheritdoc cref="CopyToHostAsync(CudaPageLockedHostMemory{T}, int, long, int, CudaStream)"/>
    public void CopyToHostAsync(CudaPageLockedHostMemory<T> destination, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(destination);
        CopyToHostAsync(destination, 0, 0, destination.Count, stream);
    }

    /// <summary>Queues a copy from the device to the host.</summary>
    /// <param name="destination">Where to write; alive, and not to be read, until the stream has passed the copy.</param>
    /// <param name="destinationOffset">The first element to write.</param>
    /// <param name="offset">The first element of this memory to read.</param>
    /// <param name="count">Elements; 0 does nothing.</param>
    /// <param name="stream">Where it is queued.</param>
    /// <exception cref="ArgumentOutOfRangeException">Some of the elements are not there.</exception>
    /// <exception cref="ArgumentException">The stream is of another device.</exception>
    /// <exception cref="ObjectDisposedException">One of the three is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses, or earlier work failed.</exception>
    public void CopyToHostAsync(CudaPageLockedHostMemory<T> destination, int destinationOffset, long offset, int count, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(stream);
        CopyBounds.Check(offset, count, Count, "source");
        CopyBounds.Check(destinationOffset, count, destination.Count, "destination");
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle device = Hold();
        using HeldHandle host = destination.Hold();
        using HeldHandle queue = stream.Hold();
        if (count == 0) return;
        using var scope = new CudaScope(Context);
        Check(Functions.MemcpyDtoHAsync((void*)At(host, destinationOffset), At(device, offset), Bytes(count), queue.Value), "cuMemcpyDtoHAsync", count);
    }

    /// <summary>Queues a copy within the device.</summary>
    /// <param name="source">Where to read; alive until the stream has passed the copy. It may be this memory.</param>
    /// <param name="sourceOffset">The first element to read.</param>
    /// <param name="offset">The first element of this memory to write.</param>
    /// <param name="count">Elements; 0 does nothing.</param>
    /// <param name="stream">Where it is queued.</param>
    /// <exception cref="ArgumentOutOfRangeException">Some of the elements are not there.</exception>
    /// <exception cref="ArgumentException">The two ranges overlap, or the stream or the source is of another device.</exception>
    /// <exception cref="ObjectDisposedException">One of the three is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses, or earlier work failed.</exception>
    public void CopyFromDeviceAsync(CudaDeviceVariable<T> source, long sourceOffset, long offset, long count, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(stream);
        CopyBounds.Check(sourceOffset, count, source.Count, "source");
        CopyBounds.Check(offset, count, Count, "destination");
        // The ranges lie within the memory by now, so these sums cannot overflow.
        if (source == this && count > 0 && sourceOffset < offset + count && offset < sourceOffset + count)
            throw new ArgumentException($"{count} elements from {sourceOffset} and from {offset} on overlap: copy by way of other memory.", nameof(source));
        SameDevice.Check(Context, source.Context, nameof(source));
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle from = source.Hold();
        using HeldHandle to = Hold();
        using HeldHandle queue = stream.Hold();
        if (count == 0) return;
        using var scope = new CudaScope(Context);
        Check(Functions.MemcpyDtoDAsync(At(to, offset), At(from, sourceOffset), Bytes(count), queue.Value), "cuMemcpyDtoDAsync", count);
    }

    /// <summary>Queues a copy of rows within the device, into this memory.</summary>
    /// <param name="source">Where to read; alive until the stream has passed the copy. If it is this memory and the rows overlap, what comes out is undefined.</param>
    /// <param name="copy">Which rows, in elements.</param>
    /// <param name="stream">Where it is queued.</param>
    /// <exception cref="ArgumentOutOfRangeException">Some of the elements are not there, rows overlap, or they lie further apart than the device can copy.</exception>
    /// <exception cref="ArgumentException">The stream or the source is of another device.</exception>
    /// <exception cref="ObjectDisposedException">One of the three is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses, or earlier work failed.</exception>
    public void Copy2DAsync(CudaDeviceVariable<T> source, in CudaCopy2D copy, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(stream);
        CopyBounds.Check(copy, copy.SourceOffset, copy.SourcePitch, source.Count, "source");
        CopyBounds.Check(copy, copy.DestinationOffset, copy.DestinationPitch, Count, "destination");
        nuint sourcePitch = CopyBounds.PitchBytes(copy.SourcePitch, sizeof(T), Context.Device, "source");
        nuint destinationPitch = CopyBounds.PitchBytes(copy.DestinationPitch, sizeof(T), Context.Device, "destination");
        SameDevice.Check(Context, source.Context, nameof(source));
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle from = source.Hold();
        using HeldHandle to = Hold();
        using HeldHandle queue = stream.Hold();
        if (copy.Width == 0 || copy.Height == 0) return;
        var native = new Memcpy2D
        {
            SourceType = MemoryType.Device,
            SourceDevice = At(from, copy.SourceOffset),
            SourcePitch = sourcePitch,
            DestinationType = MemoryType.Device,
            DestinationDevice = At(to, copy.DestinationOffset),
            DestinationPitch = destinationPitch,
            WidthInBytes = Bytes(copy.Width),
            Height = (nuint)copy.Height,
        };
        using var scope = new CudaScope(Context);
        Check(Functions.Memcpy2DAsync(&native, queue.Value), "cuMemcpy2DAsync", copy.Width * copy.Height);
    }

    /// <summary>Queues a copy of slices of rows within the device, into this memory.</summary>
    /// <inheritdoc cref="Copy2DAsync"/>
    public void Copy3DAsync(CudaDeviceVariable<T> source, in CudaCopy3D copy, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(stream);
        CopyBounds.Check(copy, copy.SourceOffset, copy.SourcePitch, copy.SourceSliceRows, source.Count, "source");
        CopyBounds.Check(copy, copy.DestinationOffset, copy.DestinationPitch, copy.DestinationSliceRows, Count, "destination");
        nuint sourcePitch = CopyBounds.PitchBytes(copy.SourcePitch, sizeof(T), Context.Device, "source");
        nuint destinationPitch = CopyBounds.PitchBytes(copy.DestinationPitch, sizeof(T), Context.Device, "destination");
        SameDevice.Check(Context, source.Context, nameof(source));
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle from = source.Hold();
        using HeldHandle to = Hold();
        using HeldHandle queue = stream.Hold();
        if (copy.Width == 0 || copy.Height == 0 || copy.Depth == 0) return;
        var native = new Memcpy3D
        {
            SourceType = MemoryType.Device,
            SourceDevice = At(from, copy.SourceOffset),
            SourcePitch = sourcePitch,
            SourceHeight = (nuint)copy.SourceSliceRows,
            DestinationType = MemoryType.Device,
            DestinationDevice = At(to, copy.DestinationOffset),
            DestinationPitch = destinationPitch,
            DestinationHeight = (nuint)copy.DestinationSliceRows,
            WidthInBytes = Bytes(copy.Width),
            Height = (nuint)copy.Height,
            Depth = (nuint)copy.Depth,
        };
        using var scope = new CudaScope(Context);
        Check(Functions.Memcpy3DAsync(&native, queue.Value), "cuMemcpy3DAsync", copy.Width * copy.Height * copy.Depth);
    }
}
