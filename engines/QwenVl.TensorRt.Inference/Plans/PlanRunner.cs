using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Plans;

/// <summary>
/// Runs one profile of a plan. What is run again with the same shapes and addresses is recorded once as a CUDA graph and
/// launched from then on: a run of a small batch is hundreds of kernels, and launching each costs more than running it.
/// </summary>
/// <typeparam name="TKey">Names a combination of shapes and addresses.</typeparam>
/// <param name="create">Makes a context on the profile. All share the memory of their activations: runs follow each other on the stream.</param>
/// <param name="stream">Where runs are queued; not owned.</param>
/// <param name="useGraphs">Whether runs are recorded.</param>
/// <param name="counter">Where runs are counted.</param>
internal sealed class PlanRunner<TKey>(Func<IPlanContext> create, CudaStream stream, bool useGraphs, RunCounter counter) : IDisposable
    where TKey : struct, IEquatable<TKey>
{
    // A recorded run reads what its context holds: a context that was recorded is never given other shapes again.
    private readonly Dictionary<TKey, (IPlanContext Context, CudaGraphExec Graph)> _recorded = [];
    private IPlanContext? _shared;
    private TKey? _bound;
    private bool _records = useGraphs;

    /// <summary>Queues a run whose shapes and addresses are always the same for a key.</summary>
    /// <param name="key">Names them.</param>
    /// <param name="bind">Sets them; called only when the context has others.</param>
    public void Run(TKey key, Action<IPlanContext> bind)
    {
        ArgumentNullException.ThrowIfNull(bind);
        if (_recorded.TryGetValue(key, out (IPlanContext, CudaGraphExec Graph) known))
        {
            counter.Replayed();
            known.Graph.Launch(stream);
            return;
        }

        if (_records && TryRecord(key, bind)) return;
        _shared ??= create();
        if (_bound is not { } bound || !bound.Equals(key))
        {
            // A binding that fails half-way must not pass for one that is whole.
            _bound = null;
            bind(_shared);
            _bound = key;
        }

        _shared.Enqueue(stream);
        counter.Enqueued();
    }

    /// <summary>Queues a run that is not worth keeping.</summary>
    public void RunOnce(Action<IPlanContext> bind)
    {
        ArgumentNullException.ThrowIfNull(bind);
        _shared ??= create();
        _bound = null;
        bind(_shared);
        _shared.Enqueue(stream);
        counter.Enqueued();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((IPlanContext context, CudaGraphExec graph) in _recorded.Values)
        {
            graph.Dispose();
            context.Dispose();
        }

        _shared?.Dispose();
    }

    /// <summary>Runs once and records that; false where this plan cannot be recorded, and nothing was run.</summary>
    private bool TryRecord(TKey key, Action<IPlanContext> bind)
    {
        IPlanContext context = create();
        try
        {
            bind(context);
            context.Enqueue(stream);
            counter.Enqueued();
            // Only after an ordinary run are the resources of new shapes in place; a capture must not wait for them.
            stream.Synchronize();
        }
        catch
        {
            context.Dispose();
            throw;
        }

        CudaGraphExec? exec = null;
        try
        {
            using CudaGraph graph = stream.Capture(() => context.Enqueue(stream));
            exec = graph.Instantiate();
            // The first launch brings the graph to the device, and shows whether it can be launched at all.
            exec.Launch(stream);
            stream.Synchronize();
            _recorded.Add(key, (context, exec));
        }
        catch (Exception refused) when (refused is CudaException { IsContextLost: false } or TensorRtException)
        {
            exec?.Dispose();
            context.Dispose();
            _records = false;
            counter.NotRecorded(refused.Message);
        }

        return true;
    }
}
