using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>How a plan gets at the keys and values of its sequences.</summary>
internal interface ICacheBinding : IDisposable
{
    /// <summary>What the plan calls the rows that sequences have.</summary>
    string LengthsInput { get; }

    /// <summary>Whether sequences have as many rows as they may ever get, and attention is told how many it reads.</summary>
    bool HasFixedRows { get; }

    /// <summary>Tells a context where the caches of some slots lie.</summary>
    /// <param name="context">The context.</param>
    /// <param name="cache">The caches.</param>
    /// <param name="slot">The first slot.</param>
    /// <param name="batch">Slots.</param>
    /// <param name="rows">Rows that attention reads.</param>
    void Bind(IPlanContext context, KeyValueCache cache, int slot, int batch, int rows);
}
