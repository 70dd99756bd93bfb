using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;

namespace QwenVl.Engines.Weights;

/// <summary>A matrix product with the checkpoint's own weights; runtimes cast and transpose them once, while loading.</summary>
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
