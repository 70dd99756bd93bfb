using System.Diagnostics.CodeAnalysis;
using QwenVl.TensorRt.Cuda.Handles;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// Recorded work, ready to be queued as a whole with one call. It does not keep the memory alive that it works on. One
/// thread at a time may use it; launches of one object never overlap on the device. Disposing it lets launches under way
/// end.
/// </summary>
public sealed unsafe class CudaGraphExec : IDisposable
{
    private readonly CudaHandle _handle;

    internal CudaGraphExec(CudaContextHandle context, nint value) => _handle = new CudaHandle(context, value, context.Functions.GraphExecDestroy);

    private CudaContextHandle Context => _handle.Context;

    /// <summary>Queues the work.</summary>
    /// <exception cref="ArgumentException">The stream is of another device.</exception>
    /// <exception cref="ObjectDisposedException">The graph or the stream is disposed.</exception>
    /// <exception cref="CudaException">The driver refuses, or earlier work failed.</exception>
    public void Launch(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SameDevice.Check(Context, stream.Context, nameof(stream));
        using HeldHandle exec = new(_handle, this);
        using HeldHandle queue = stream.Hold();
        using var scope = new CudaScope(Context);
        Context.Driver.Check(Context.Functions.GraphLaunch(exec.Value, queue.Value), "cuGraphLaunch");
    }

    /// <summary>
    /// Takes the addresses and sizes of another record of the same work over, which costs far less than making a new one.
    /// Launches already queued keep theirs.
    /// </summary>
    /// <param name="graph">The record; independent of this object afterwards.</param>
    /// <param name="reason">Why it cannot be taken over, or null.</param>
    /// <returns>
    /// False if the record differs in more than that: then instantiate it anew, and do not launch this object again,
    /// which may be half changed.
    /// </returns>
    /// <exception cref="ArgumentException">The graph is of another device.</exception>
    /// <exception cref="ObjectDisposedException">One of the two is disposed.</exception>
    /// <exception cref="CudaException">The driver fails for another reason than a difference.</exception>
    public bool TryUpdate(CudaGraph graph, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(graph);
        SameDevice.Check(Context, graph.Context, nameof(graph));
        using HeldHandle exec = new(_handle, this);
        using HeldHandle record = graph.Hold();
        using var scope = new CudaScope(Context);
        var info = default(GraphUpdateInfo);
        CudaResult result = Context.Functions.GraphExecUpdate(exec.Value, record.Value, &info);
        if (result is not CudaResult.GraphExecUpdateFailure) Context.Driver.Check(result, "cuGraphExecUpdate");
        reason = result is CudaResult.Success ? null : Describe(info.Result);
        return reason is null;
    }

    /// <summary>Gives it up without waiting for launches under way.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>CUgraphExecUpdateResult in words.</summary>
    private static string Describe(int result) => result switch
    {
        2 => "The graph has other nodes or another order.",
        3 => "A node is of another kind.",
        4 => "A kernel's function is another, and this driver cannot exchange it.",
        5 => "A node's parameters differ in what an update cannot change.",
        6 => "A node is of a kind that cannot be updated.",
        7 => "A kernel's function is another in a way that an update cannot change.",
        8 => "A node's attributes differ in what an update cannot change.",
        _ => $"The driver cannot update the graph (CUgraphExecUpdateResult {result}).",
    };
}
