namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>
/// Where keys and values lie: for each layer one plane of keys and one of values, each [slots, key heads, rows, head]. The
/// graph takes a plane's first slots as one dense tensor, so rows are as many as all sequences are given at the time.
/// </summary>
/// <param name="Planes">2 × layers.</param>
/// <param name="Slots">Sequences held at a time.</param>
/// <param name="Heads">Key heads.</param>
/// <param name="RowBytes">Bytes of one row of one head.</param>
/// <param name="MaxRows">The most rows of a sequence; a multiple of <see cref="RowStep"/>.</param>
internal sealed record CacheLayout(int Planes, int Slots, int Heads, int RowBytes, int MaxRows)
{
    /// <summary>Rows come in multiples of this.</summary>
    public const int RowStep = 64;

    private const int SmallestRows = 256;

    /// <summary>Bytes of a plane at its largest.</summary>
    public long PlaneBytes => (long)Slots * Heads * MaxRows * RowBytes;

    /// <summary>Bytes of all planes.</summary>
    public long TotalBytes => Planes * PlaneBytes;

    /// <summary>
    /// The rows to give all sequences where the longest needs so many: the largest number halved as often as it goes, so
    /// that a plane is a whole number of such rows and sequences are seldom moved.
    /// </summary>
    public int RowsFor(int needed)
    {
        int rows = MaxRows;
        while (rows % (2 * RowStep) == 0 && rows / 2 >= Math.Max(needed, SmallestRows)) rows /= 2;
        return rows;
    }

    /// <summary>Where a slot's rows of the first head begin in a plane, in bytes from the beginning of all.</summary>
    public long SlotOffset(int plane, int slot, int rows) => plane * PlaneBytes + (long)slot * Heads * rows * RowBytes;
}
