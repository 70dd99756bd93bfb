using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>
/// The keys and values of all sequences, in one piece of device memory that is taken once: what is added and moved are
/// numbers only. For one thread.
/// </summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly bool _hasFixedRows;
    private readonly CudaStream _stream;
    private readonly OwnedParts _parts = new();
    private readonly CudaDeviceVariable<byte> _memory;
    private readonly CudaDeviceVariable<byte> _scratch;
    private readonly bool[] _isTaken;
    private bool _isTorn;

    public KeyValueCache(CudaContext context, CacheLayout layout, bool hasFixedRows, CudaStream stream)
    {
        (Layout, _hasFixedRows, _stream, _isTaken) = (layout, hasFixedRows, stream, new bool[layout.Slots]);
        Rows = hasFixedRows ? layout.MaxRows : layout.RowsFor(0);
        try
        {
            _memory = _parts.Add(new CudaDeviceVariable<byte>(context, layout.TotalBytes));
            _scratch = _parts.Add(new CudaDeviceVariable<byte>(context, hasFixedRows ? 1 : layout.PlaneBytes));
            // Rows that nobody has written are computed with and masked: they must be numbers.
            _memory.MemsetAsync(0, stream);
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <summary>How it is laid out.</summary>
    public CacheLayout Layout { get; }

    /// <summary>Rows that every slot has now.</summary>
    public int Rows { get; private set; }

    /// <summary>One more than the highest slot taken.</summary>
    public int UsedSlots => Array.LastIndexOf(_isTaken, true) + 1;

    /// <summary>Takes the lowest free slot; −1 where there is none.</summary>
    public int Take()
    {
        int slot = Array.IndexOf(_isTaken, false);
        if (slot >= 0) _isTaken[slot] = true;
        return slot;
    }

    /// <summary>Gives a slot back. What it holds stays until the next one writes.</summary>
    public void Release(int slot) => _isTaken[slot] = false;

    /// <summary>Zeroes what a slot holds: unused rows are computed with and weighted by zero, which only undoes numbers.</summary>
    public void Erase(int slot)
    {
        for (int plane = 0; plane < Layout.Planes; plane++)
            _memory.MemsetAsync(0, Layout.SlotOffset(plane, slot, Rows), (long)Layout.Heads * Rows * Layout.RowBytes, _stream);
    }

    /// <summary>The first row of a slot in a plane.</summary>
    public CudaDevicePointer AddressOf(int plane, int slot) => _memory.DevicePointer.Offset(Layout.SlotOffset(plane, slot, Rows));

    /// <summary>Gives every slot at least so many rows, and moves what is there.</summary>
    /// <exception cref="InvalidOperationException">An earlier move failed half-way.</exception>
    public void Reserve(int rows)
    {
        // Half of the planes with other rows than the rest: nothing that is held can be found again.
        if (_isTorn) throw new InvalidOperationException("The key-value cache was left half moved by an earlier error; start anew.");
        if (rows <= Rows) return;
        _isTorn = true;
        int more = Layout.RowsFor(rows);
        int heads = UsedSlots * Layout.Heads;
        long from = (long)Rows * Layout.RowBytes, to = (long)more * Layout.RowBytes;
        for (int plane = 0; plane < Layout.Planes; plane++)
        {
            // By way of other memory: where a head goes lies where the next one still is.
            long begin = Layout.SlotOffset(plane, 0, Rows);
            _scratch.CopyFromDeviceAsync(_memory, begin, 0, heads * from, _stream);
            _memory.Copy2DAsync(_scratch, new CudaCopy2D { Width = from, Height = heads, SourcePitch = from, DestinationOffset = begin, DestinationPitch = to }, _stream);
        }

        (Rows, _isTorn) = (more, false);
    }

    /// <summary>Goes back to few rows where no slot is taken: attention reads all that there are.</summary>
    public void Shrink()
    {
        if (UsedSlots == 0 && !_hasFixedRows) Rows = Layout.RowsFor(0);
    }

    /// <summary>Adds new rows to a slot.</summary>
    /// <param name="source">[…, planes × heads, chunk] rows, as the graph gives them.</param>
    /// <param name="sourceOffset">Where the sequence's rows begin in it, in bytes.</param>
    /// <param name="chunk">Rows of each head there.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="length">Rows that the slot has.</param>
    /// <param name="count">Rows to add, the first of the chunk.</param>
    public void Append(CudaDeviceVariable<byte> source, long sourceOffset, int chunk, int slot, int length, int count)
    {
        long pitch = (long)Rows * Layout.RowBytes;
        _memory.Copy3DAsync(
            source,
            new CudaCopy3D
            {
                Width = (long)count * Layout.RowBytes,
                Height = Layout.Heads,
                Depth = Layout.Planes,
                SourceOffset = sourceOffset,
                SourcePitch = (long)chunk * Layout.RowBytes,
                SourceSliceRows = Layout.Heads,
                DestinationOffset = Layout.SlotOffset(0, slot, Rows) + (long)length * Layout.RowBytes,
                DestinationPitch = pitch,
                // Planes are as far apart as at their largest: MaxRows is a multiple of every number of rows that there is.
                DestinationSliceRows = Layout.PlaneBytes / pitch,
            },
            _stream);
    }

    public void Dispose() => _parts.Dispose();
}
