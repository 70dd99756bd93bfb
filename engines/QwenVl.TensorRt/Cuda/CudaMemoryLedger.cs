namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// Counts the bytes that this library holds, now and at most so far. What others allocate, such as TensorRT for its
/// weights, is not in it: <see cref="CudaContext.GetMemoryInfo"/> sees that. Memory that the driver refused to take back
/// stays counted. All members may be called from any thread; two figures read one after the other need not fit together.
/// </summary>
public sealed class CudaMemoryLedger
{
    private long _device, _devicePeak, _pinned, _pinnedPeak;

    internal CudaMemoryLedger()
    {
    }

    /// <summary>Bytes of device memory held now.</summary>
    public long DeviceBytes => Interlocked.Read(ref _device);

    /// <summary>The most bytes of device memory that were held at once.</summary>
    public long PeakDeviceBytes => Interlocked.Read(ref _devicePeak);

    /// <summary>Bytes of page-locked host memory held now.</summary>
    public long PinnedBytes => Interlocked.Read(ref _pinned);

    /// <summary>The most bytes of page-locked host memory that were held at once.</summary>
    public long PeakPinnedBytes => Interlocked.Read(ref _pinnedPeak);

    internal void Add(CudaMemoryKind kind, long bytes)
    {
        if (kind is CudaMemoryKind.Device) Add(ref _device, ref _devicePeak, bytes);
        else Add(ref _pinned, ref _pinnedPeak, bytes);
    }

    internal void Remove(CudaMemoryKind kind, long bytes) =>
        Interlocked.Add(ref kind is CudaMemoryKind.Device ? ref _device : ref _pinned, -bytes);

    private static void Add(ref long held, ref long peak, long bytes)
    {
        long now = Interlocked.Add(ref held, bytes), seen = Interlocked.Read(ref peak);
        // Every sum that was reached is offered, so the largest of them ends up as the peak whoever comes last.
        while (now > seen)
        {
            long found = Interlocked.CompareExchange(ref peak, now, seen);
            if (found == seen) return;
            seen = found;
        }
    }
}
