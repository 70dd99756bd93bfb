using System.Globalization;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>The past goes in; new rows come out in one tensor, and are appended here.</summary>
internal sealed class PastBinding(CacheLayout layout, long headDim) : ICacheBinding
{
    /// <summary>The input by which such plans are known.</summary>
    public const string FirstInput = "past_key.0";

    private readonly string[] _names = [.. Enumerable.Range(0, layout.Planes).Select(plane => string.Create(CultureInfo.InvariantCulture, $"past_{(plane % 2 == 0 ? "key" : "value")}.{plane / 2}"))];

    public string LengthsInput => "past_lengths";

    public bool HasFixedRows => false;

    public void Bind(IPlanContext context, KeyValueCache cache, int slot, int batch, int rows)
    {
        for (int plane = 0; plane < _names.Length; plane++)
        {
            context.SetShape(_names[plane], [batch, layout.Heads, cache.Rows, headDim]);
            context.SetAddress(_names[plane], cache.AddressOf(plane, slot));
        }
    }

    public void Dispose()
    {
        // Holds nothing.
    }
}
