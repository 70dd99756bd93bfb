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
}
