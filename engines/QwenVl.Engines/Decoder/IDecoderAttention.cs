using QwenVl.Engines.Graphs;

namespace QwenVl.Engines.Decoder;

/// <summary>Rotates queries and keys, appends to the cache and attends to it.</summary>
internal interface IDecoderAttention
{
    /// <param name="layer">The decoder layer, from 0.</param>
    /// <param name="query">[B, S, heads, head] float32, normalised.</param>
    /// <param name="key">[B, S, key heads, head] float32, normalised.</param>
    /// <param name="value">[B, S, key heads × head] of the compute type.</param>
    /// <returns>[B, S, heads × head] of the compute type.</returns>
    Value Attend(int layer, Value query, Value key, Value value);

    /// <summary>Declares what the cache puts out.</summary>
    void Finish();
}
