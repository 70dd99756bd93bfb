using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda.Handles;

/// <summary>Something that lives in a context and is given back with one call: a stream, an event, a graph, memory.</summary>
internal unsafe class CudaHandle : DisposableHandle
{
    private readonly delegate* unmanaged<nint, CudaResult> _free;

    /// <param name="context">Its parent, which the caller holds; referenced until this handle is released.</param>
    /// <param name="value">What the driver made; owned from now on.</param>
    /// <param name="free">The call that gives it back.</param>
    public CudaHandle(CudaContextHandle context, nint value, delegate* unmanaged<nint, CudaResult> free)
    {
        bool added = false;
        context.DangerousAddRef(ref added);
        Context = context;
        _free = free;
        SetHandle(value);
    }

    public CudaContextHandle Context { get; }

    /// <summary>Called once the driver has taken it back.</summary>
    protected virtual void OnFreed()
    {
    }

    /// <summary>Runs on whichever thread lets go last, which may be the finalizer's: no context is current there.</summary>
    protected override bool ReleaseHandle()
    {
        CudaFunctions functions = Context.Functions;
        bool pushed = functions.CtxPushCurrent(Context.Value) is CudaResult.Success;
        bool freed = _free(handle) is CudaResult.Success;
        nint popped;
        if (pushed) functions.CtxPopCurrent(&popped);
        if (freed) OnFreed();
        Context.DangerousRelease();
        return freed;
    }
}
