using QwenVl.TensorRt.Cuda.Handles;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// A queue of work for the device, done in order; it does not wait for the default stream, nor that for it. Members
/// ending in Async only queue: what they read and write must stay alive and untouched until the stream has passed them.
/// Failures of queued work show up at a later call. One thread at a time should queue, or the order is anybody's guess;
/// waiting and asking may go on from other threads. Disposing does not wait: work under way is done all the same.
/// </summary>
#pragma warning disable CA1711 // The field's own word; nobody takes it for a System.IO.Stream.
public sealed unsafe class CudaStream : IDisposable
#pragma warning restore CA1711
{
    private const uint NonBlocking = 1;
    private const int ThreadLocal = 1;

    /// <summary>A new stream.</summary>
    /// <param name="context">The context it lives in.</param>
    /// <param name="priority">Lower numbers go first; 0 is the lowest urgency, and numbers the device does not have become the nearest that it has.</param>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    /// <exception cref="CudaException">The driver made none.</exception>
    public CudaStream(CudaContext context, int priority = 0)
    {
        ArgumentNullException.ThrowIfNull(context);
        using HeldHandle held = context.Hold();
        using var scope = new CudaScope(context.Handle);
        CudaFunctions functions = context.Handle.Functions;
        nint value = 0;
        context.Driver.Check(functions.StreamCreateWithPriority(&value, NonBlocking, priority), "cuStreamCreateWithPriority");
        Handle = new CudaHandle(context.Handle, value, functions.StreamDestroy);
    }

    /// <summary>True if all work queued so far is done.</summary>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    /// <exception cref="CudaException">Queued work failed, or the stream is being captured.</exception>
    public bool IsCompleted
    {
        get
        {
            using HeldHandle stream = Hold();
            using var scope = new CudaScope(Context);
            CudaResult result = Functions.StreamQuery(stream.Value);
            if (result is not CudaResult.NotReady) Context.Driver.Check(result, "cuStreamQuery");
            return result is CudaResult.Success;
        }
    }

    /// <summary>True between <see cref="BeginCapture"/> and <see cref="EndCapture"/>, spoilt captures included.</summary>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    /// <exception cref="CudaException">Queued work failed.</exception>
    public bool IsCapturing
    {
        get
        {
            using HeldHandle stream = Hold();
            using var scope = new CudaScope(Context);
            int status;
            Context.Driver.Check(Functions.StreamIsCapturing(stream.Value, &status), "cuStreamIsCapturing");
            return status != 0;
        }
    }

    internal CudaHandle Handle { get; }

    internal CudaContextHandle Context => Handle.Context;

    private CudaFunctions Functions => Handle.Context.Functions;

    /// <summary>Waits, on the calling thread, until all work queued so far is done.</summary>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    /// <exception cref="CudaException">Queued work failed, or the stream is being captured.</exception>
    public void Synchronize()
    {
        using HeldHandle stream = Hold();
        using var scope = new CudaScope(Context);
        Context.Driver.Check(Functions.StreamSynchronize(stream.Value), "cuStreamSynchronize");
    }

    /// <summary>Lets work queued from now on wait for what an event was last recorded after; the calling thread does not wait.</summary>
    /// <param name="awaited">An event of any stream; one that was never recorded is not waited for.</param>
    /// <exception cref="ObjectDisposedException">The stream or the event is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void WaitFor(CudaEvent awaited)
    {
        ArgumentNullException.ThrowIfNull(awaited);
        using HeldHandle stream = Hold();
        using HeldHandle occurrence = awaited.Hold();
        using var scope = new CudaScope(Context);
        Context.Driver.Check(Functions.StreamWaitEvent(stream.Value, occurrence.Value, 0), "cuStreamWaitEvent");
    }

    /// <summary>
    /// Records what is queued until <see cref="EndCapture"/>, which the same thread must call, instead of doing it.
    /// Meanwhile this thread must neither wait for the stream nor allocate or dispose memory: that spoils the capture.
    /// <see cref="Capture"/> is safer.
    /// </summary>
    /// <exception cref="InvalidOperationException">The stream is being captured already.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void BeginCapture()
    {
        if (IsCapturing) throw new InvalidOperationException("The stream is being captured already: end that capture first.");
        using HeldHandle stream = Hold();
        using var scope = new CudaScope(Context);
        // Thread-local: what other threads do meanwhile, such as allocating, cannot spoil this capture.
        Context.Driver.Check(Functions.StreamBeginCapture(stream.Value, ThreadLocal), "cuStreamBeginCapture");
    }

    /// <summary>Ends the capture that this thread began.</summary>
    /// <returns>What was recorded; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    /// <exception cref="CudaException">
    /// None was begun, or by another thread, or something spoilt it (CUDA_ERROR_STREAM_CAPTURE_…); but for the first two
    /// the stream is no longer captured.
    /// </exception>
    public CudaGraph EndCapture()
    {
        using HeldHandle stream = Hold();
        return Finish(stream);
    }

    /// <summary>Records what an action queues on this stream, and on streams that it draws in by events and joins again.</summary>
    /// <param name="queue">
    /// Queues the work, on the calling thread and without waiting for it. If it throws, the capture is ended, its record
    /// thrown away, and the exception goes on to the caller. It must not await: the rest would not be recorded.
    /// </param>
    /// <returns>What was recorded, addresses and sizes included; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">The stream is being captured already.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    /// <exception cref="CudaException">Something queued cannot be captured.</exception>
    public CudaGraph Capture(Action queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        // Held throughout: an action that disposes the stream must not leave a capture that nobody can end.
        using HeldHandle stream = Hold();
        BeginCapture();
        try
        {
            queue();
        }
        catch
        {
            // Its own failure, likely one that follows from the exception, would hide that.
            End(stream, out CudaGraph? graph);
            graph?.Dispose();
            throw;
        }

        return Finish(stream);
    }

    /// <summary>
    /// The driver's CUstream, the same as the runtime's cudaStream_t, to hand to other libraries; they must not destroy it
    /// and not use it after this object is disposed.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public nint DangerousGetHandle()
    {
        using HeldHandle stream = Hold();
        return stream.Value;
    }

    /// <summary>Gives the stream up without waiting for its work.</summary>
    public void Dispose() => Handle.Dispose();

    internal HeldHandle Hold() => new(Handle, this);

    private CudaGraph Finish(HeldHandle stream)
    {
        CudaResult result = End(stream, out CudaGraph? graph);
        return graph ?? throw Context.Driver.Failure(result is CudaResult.Success ? CudaResult.StreamCaptureInvalidated : result, "cuStreamEndCapture", "");
    }

    private CudaResult End(HeldHandle stream, out CudaGraph? graph)
    {
        using var scope = new CudaScope(Context);
        nint value = 0;
        CudaResult result = Functions.StreamEndCapture(stream.Value, &value);
        graph = value == 0 ? null : new CudaGraph(Context, value);
        if (result is CudaResult.Success) return result;
        graph?.Dispose();
        graph = null;
        return result;
    }
}
