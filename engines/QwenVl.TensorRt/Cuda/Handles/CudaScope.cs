using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda.Handles;

/// <summary>Makes a context current on this thread for one call and leaves the thread as it was found.</summary>
internal readonly unsafe ref struct CudaScope
{
    private readonly CudaFunctions? _pushed;

    /// <param name="context">Held by the caller until the scope is disposed.</param>
    public CudaScope(CudaContextHandle context)
    {
        CudaFunctions functions = context.Functions;
        nint current = 0;
        if (functions.CtxGetCurrent(&current) is CudaResult.Success && current == context.Value) return;
        context.Driver.Check(functions.CtxPushCurrent(context.Value), "cuCtxPushCurrent");
        _pushed = functions;
    }

    public void Dispose()
    {
        nint popped;
        if (_pushed is not null) _pushed.CtxPopCurrent(&popped);
    }
}
