using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Plans;

/// <summary>
/// Runs one profile of a plan. What is run again with the same shapes and addresses is recorded once as a CUDA graph and
/// launched from then on: a run of a small batch is hundreds of kernels, and launching each costs more than running it.
/// </summary>
/// <typeparam name="TKey">Names a combination of shapes and addresses.</typeparam>
internal sealed class PlanRunner<TKey>(IPlanContext context, CudaStream stream, bool useGraphs, RunCounter counter) : IDisposable
    where TKey : struct, IEquatable<TKey>
{
    private readonly Dictionary<TKey, CudaGraphExec> _graphs = [];
    private TKey? _bound;

    /// <summary>Queues a run whose shapes and addresses are always the same for a key.</summary>
    /// <param name="key">Names them.</param>
    /// <param name="bind">Sets them; called only when the context has others.</param>
    public void Run(TKey key, Action<IPlanContext> bind)
    {
        ArgumentNullException.ThrowIfNull(bind);
        if (useGraphs && _graphs.TryGetValue(key, out CudaGraphExec? known))
        {
            counter.Replayed();
            known.Launch(stream);
            return;
        }

        Bind(key, bind);
        context.Enqueue(stream);
        counter.Enqueued();
        if (!useGraphs) return;
        // Only after an ordinary run are the resources of new shapes in place; a capture must not wait for them.
        stream.Synchronize();
        using CudaGraph graph = stream.Capture(() => context.Enqueue(stream));
        _graphs.Add(key, graph.Instantiate());
    }

    /// <summary>Queues a run that is not worth keeping.</summary>
    public void RunOnce(Action<IPlanContext> bind)
    {
        ArgumentNullException.ThrowIfNull(bind);
        _bound = null;
        bind(context);
        context.Enqueue(stream);
        counter.Enqueued();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CudaGraphExec graph in _graphs.Values) graph.Dispose();
        context.Dispose();
    }

    private void Bind(TKey key, Action<IPlanContext> bind)
    {
        if (_bound is { } bound && bound.Equals(key)) return;
        // A binding that fails half-way must not pass for one that is whole.
        _bound = null;
        bind(context);
        _bound = key;
    }
}
