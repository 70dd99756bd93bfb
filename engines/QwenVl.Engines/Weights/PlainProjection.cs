using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;

namespace QwenVl.Engines.Weights;

/// <summary>
/// A matrix product with the checkpoint's own weights. A checkpoint of another type than the graph computes in gets a Cast
/// node instead of a converted copy: runtimes cast and transpose constants once, while loading or building, where a copy
/// would cost gigabytes of disk for as long as the engine is kept.
/// </summary>
internal sealed class PlainProjection : IProjection
{
    public Value Apply(Dialect dialect, Value value, string weight, string? bias)
    {
        GraphBuilder graph = dialect.Graph;
        Value matrix = graph.Transpose(dialect.Weights.Stored(weight, dialect.Compute), 1, 0);
        Value product = graph.MatMul(value, matrix);
        return bias is null ? product : graph.Add(product, dialect.Narrow(dialect.Weights.Vector(bias)));
    }
}
