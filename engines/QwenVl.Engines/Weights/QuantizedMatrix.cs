using QwenVl.Engines.Graphs;

namespace QwenVl.Engines.Weights;

/// <summary>Where a quantised matrix lies, row by row.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Numbers a row.</param>
/// <param name="Levels">All rows' levels.</param>
/// <param name="Scales">All rows' scales.</param>
internal sealed record QuantizedMatrix(long Rows, int Columns, ExternalData Levels, ExternalData Scales)
{
    /// <summary>Some of the rows.</summary>
    public QuantizedMatrix Slice(long first, long count) => this with { Rows = count, Levels = Part(Levels, first, count), Scales = Part(Scales, first, count) };

    private ExternalData Part(ExternalData data, long first, long count)
    {
        long row = data.Length / Rows;
        return data with { Offset = data.Offset + first * row, Length = count * row };
    }
}
