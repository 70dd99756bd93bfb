using QwenVl.TensorRt.Cuda.Handles;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// A mark in a stream that others can wait for. Recording it again moves it. All members may be called from any thread.
/// Disposing it while streams still wait for it is allowed.
/// </summary>
public sealed unsafe class CudaEvent : IDisposable
{
    private const uint BlockingSync = 1, DisableTiming = 2;

    private readonly CudaHandle _handle;
    private readonly CudaEventOptions _options;

    /// <summary>A new event, recorded nowhere.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    /// <exception cref="CudaException">The driver made none.</exception>
    public CudaEvent(CudaContext context, CudaEventOptions options = CudaEventOptions.None)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = options;
        uint flags = (options.HasFlag(CudaEventOptions.Timing) ? 0 : DisableTiming) | (options.HasFlag(CudaEventOptions.BlockingWait) ? BlockingSync : 0);
        using HeldHandle held = context.Hold();
        using var scope = new CudaScope(context.Handle);
        CudaFunctions functions = context.Handle.Functions;
        nint value = 0;
        context.Driver.Check(functions.EventCreate(&value, flags), "cuEventCreate");
        _handle = new CudaHandle(context.Handle, value, functions.EventDestroy);
    }

    /// <summary>True if all that the event was last recorded after is done, and if it was never recorded.</summary>
    /// <exception cref="ObjectDisposedException">The event is disposed.</exception>
    /// <exception cref="CudaException">Queued work failed, or the event was recorded in a capture.</exception>
    public bool IsCompleted
    {
        get
        {
            using HeldHandle mark = Hold();
            using var scope = new CudaScope(Context);
            CudaResult result = Context.Functions.EventQuery(mark.Value);
            if (result is not CudaResult.NotReady) Context.Driver.Check(result, "cuEventQuery");
            return result is CudaResult.Success;
        }
    }

    private CudaContextHandle Context => _handle.Context;

    /// <summary>Marks the present end of a stream's queue.</summary>
    /// <exception cref="ArgumentException">The stream is of another device.</exception>
    /// <exception cref="ObjectDisposedException">The event or the stream is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Record(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle mark = Hold();
        using HeldHandle queue = stream.Hold();
        using var scope = new CudaScope(Context);
        Context.Driver.Check(Context.Functions.EventRecord(mark.Value, queue.Value), "cuEventRecord");
    }

    /// <summary>Waits, on the calling thread, until all that the event was last recorded after is done.</summary>
    /// <exception cref="ObjectDisposedException">The event is disposed.</exception>
    /// <exception cref="CudaException">Queued work failed, or the event was recorded in a capture.</exception>
    public void Synchronize()
    {
        using HeldHandle mark = Hold();
        using var scope = new CudaScope(Context);
        Context.Driver.Check(Context.Functions.EventSynchronize(mark.Value), "cuEventSynchronize");
    }

    /// <summary>The time on the device from another event to this one, to half a microsecond; both must have completed.</summary>
    /// <exception cref="InvalidOperationException">One of the two was made without <see cref="CudaEventOptions.Timing"/>.</exception>
    /// <exception cref="ObjectDisposedException">One of the two is disposed.</exception>
    /// <exception cref="CudaException">One of the two was not recorded, or has not completed (<see cref="CudaResult.NotReady"/>).</exception>
    public TimeSpan ElapsedSince(CudaEvent start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (!(_options & start._options).HasFlag(CudaEventOptions.Timing))
            throw new InvalidOperationException($"Time is taken between events made with {nameof(CudaEventOptions)}.{nameof(CudaEventOptions.Timing)}.");
        using HeldHandle end = Hold();
        using HeldHandle begin = start.Hold();
        using var scope = new CudaScope(Context);
        float milliseconds;
        Context.Driver.Check(Context.Functions.EventElapsedTime(&milliseconds, begin.Value, end.Value), "cuEventElapsedTime");
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>Gives the event up.</summary>
    public void Dispose() => _handle.Dispose();

    internal HeldHandle Hold() => new(_handle, this);
}
