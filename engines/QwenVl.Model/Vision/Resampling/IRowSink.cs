namespace QwenVl.Model.Vision.Resampling;

/// <summary>Takes a resized picture in, row by row from the top. A row is valid only during the call.</summary>
internal interface IRowSink
{
    /// <summary>Takes a row of three planes: the first channel of all pixels, the second, the third.</summary>
    void WritePlanes(int y, ReadOnlySpan<byte> row);

    /// <summary>Takes a row of interleaved pixels.</summary>
    void WritePixels(int y, ReadOnlySpan<byte> row);
}
