using QwenVl.Engines.Graphs;

namespace QwenVl.Engines.Vision;

/// <summary>Rotates queries and keys and attends, all patches of a picture to all.</summary>
internal interface IVisionAttention
{
    /// <param name="query">[B, N, width] of the compute type.</param>
    /// <param name="key">The same.</param>
    /// <param name="value">The same.</param>
    /// <returns>[B, N, width] of the compute type.</returns>
    Value Attend(Value query, Value key, Value value);
}
