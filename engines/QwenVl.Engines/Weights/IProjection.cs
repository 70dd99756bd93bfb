using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;

namespace QwenVl.Engines.Weights;

/// <summary>How a linear layer is written: as a matrix product, or with quantised weights.</summary>
internal interface IProjection
{
    /// <param name="dialect">The graph to write to.</param>
    /// <param name="value">[..., in], of the dialect's compute type.</param>
    /// <param name="weight">A tensor [out, in] of the checkpoint.</param>
    /// <param name="bias">A tensor [out], or null.</param>
    /// <returns>[..., out], of the dialect's compute type.</returns>
    Value Apply(Dialect dialect, Value value, string weight, string? bias);

    /// <summary>Several layers of one input, without biases: as one product where that is faster.</summary>
    /// <param name="dialect">The graph to write to.</param>
    /// <param name="value">[..., in], of the dialect's compute type.</param>
    /// <param name="weights">Tensors [out, in] of the checkpoint; each may have an out of its own.</param>
    /// <returns>[..., out] of each, in the order of <paramref name="weights"/>.</returns>
    Value[] ApplyTogether(Dialect dialect, Value value, IReadOnlyList<string> weights) => [.. weights.Select(weight => Apply(dialect, value, weight, null))];

    /// <summary>Rows of a table, looked up: as they are in the checkpoint, or as the product with the same table holds them.</summary>
    /// <param name="dialect">The graph to write to.</param>
    /// <param name="table">A tensor [rows, width] of the checkpoint.</param>
    /// <param name="indexes">[...] i64.</param>
    /// <returns>[..., width], of the dialect's compute type.</returns>
    Value Rows(Dialect dialect, string table, Value indexes) => dialect.Weights.Rows(table, indexes, dialect.Compute);
}
