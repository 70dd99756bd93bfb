using QwenVl.TensorRt.Cuda.Handles;

namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// Recorded work, with its addresses, sizes and order. It does not keep the memory alive that it works on. One thread at
/// a time may use it.
/// </summary>
public sealed unsafe class CudaGraph : IDisposable
{
    private readonly CudaHandle _handle;

    internal CudaGraph(CudaContextHandle context, nint value) => _handle = new CudaHandle(context, value, context.Functions.GraphDestroy);

    /// <summary>How many pieces of work it has: kernels, copies and so on.</summary>
    /// <exception cref="ObjectDisposedException">The graph is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public long NodeCount
    {
        get
        {
            using HeldHandle graph = Hold();
            using var scope = new CudaScope(Context);
            nuint count = 0;
            Context.Driver.Check(Context.Functions.GraphGetNodes(graph.Value, null, &count), "cuGraphGetNodes");
            return (long)count;
        }
    }

    internal CudaContextHandle Context => _handle.Context;

    /// <summary>Makes it ready to launch; takes milliseconds for some hundred nodes, so keep the result.</summary>
    /// <returns>What can be launched, independent of this object from now on; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The graph is disposed.</exception>
    /// <exception cref="CudaException">The driver cannot make it.</exception>
    public CudaGraphExec Instantiate()
    {
        using HeldHandle graph = Hold();
        using var scope = new CudaScope(Context);
        nint value = 0;
        Context.Driver.Check(Context.Functions.GraphInstantiateWithFlags(&value, graph.Value, 0), "cuGraphInstantiate");
        return new CudaGraphExec(Context, value);
    }

    /// <summary>Gives the record up.</summary>
    public void Dispose() => _handle.Dispose();

    internal HeldHandle Hold() => new(_handle, this);
}
