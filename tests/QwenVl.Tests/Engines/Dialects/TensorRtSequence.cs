using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;

namespace QwenVl.Tests.Engines.Dialects;

/// <summary>A cache in arrays: for each layer its keys, then its values, of each key head [Capacity, head].</summary>
internal sealed class TensorRtSequence(TextConfig text, int capacity) : IDecoderSequence
{
    public float[][] Heads { get; } = [.. Enumerable.Range(0, 2 * text.Layers * text.KeyValueHeads).Select(_ => new float[capacity * text.HeadDim])];

    public int Length { get; set; }

    public int Capacity => capacity;

    public void Truncate(int length) => Length = length;

    /// <summary>The rows held.</summary>
    public ReadOnlySpan<float> Rows(int head) => Heads[head].AsSpan(0, Length * text.HeadDim);

    /// <summary>Where rows to come belong.</summary>
    public Span<float> After(int head, int rows) => Heads[head].AsSpan(Length * text.HeadDim, rows * text.HeadDim);

    public void Dispose()
    {
        // Arrays need none.
    }
}
