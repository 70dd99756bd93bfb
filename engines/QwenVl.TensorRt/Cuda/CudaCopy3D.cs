namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// Slices of rows: as <see cref="CudaCopy2D"/>, with a number of rows from slice to slice on either side. All in
/// elements, but for rows and slices themselves.
/// </summary>
public readonly record struct CudaCopy3D
{
    /// <summary>Elements of a row; 0 copies nothing.</summary>
    public required long Width { get; init; }

    /// <summary>Rows of a slice; 0 copies nothing.</summary>
    public required long Height { get; init; }

    /// <summary>Slices; 0 copies nothing.</summary>
    public required long Depth { get; init; }

    /// <summary>The first element to read.</summary>
    public long SourceOffset { get; init; }

    /// <summary>Elements from row to row in the source, at least the width.</summary>
    public required long SourcePitch { get; init; }

    /// <summary>Rows from the beginning of a slice to that of the next in the source, at least the height.</summary>
    public required long SourceSliceRows { get; init; }

    /// <summary>The first element to write.</summary>
    public long DestinationOffset { get; init; }

    /// <summary>Elements from row to row in the destination, at least the width.</summary>
    public required long DestinationPitch { get; init; }

    /// <summary>Rows from the beginning of a slice to that of the next in the destination, at least the height.</summary>
    public required long DestinationSliceRows { get; init; }
}
