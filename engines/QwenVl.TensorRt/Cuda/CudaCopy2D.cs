namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// Rows of one length, at one distance in the source and another in the destination; all in elements. Adding a step's
/// rows to a cache of [heads, capacity, width] from a tensor of [heads, rows, width] is one: a row for each head, of
/// rows × width elements, apart by rows × width in the source and by capacity × width in the destination.
/// </summary>
public readonly record struct CudaCopy2D
{
    /// <summary>Elements of a row; 0 copies nothing.</summary>
    public required long Width { get; init; }

    /// <summary>Rows; 0 copies nothing.</summary>
    public required long Height { get; init; }

    /// <summary>The first element to read.</summary>
    public long SourceOffset { get; init; }

    /// <summary>Elements from the beginning of a row to that of the next in the source, at least the width.</summary>
    public required long SourcePitch { get; init; }

    /// <summary>The first element to write.</summary>
    public long DestinationOffset { get; init; }

    /// <summary>Elements from the beginning of a row to that of the next in the destination, at least the width.</summary>
    public required long DestinationPitch { get; init; }
}
