using System.Buffers;

namespace QwenVl.Model.Vision;

/// <summary>
/// A preprocessed picture: what a vision tower takes in. Where its memory is rented, this is one of the handles to it: each
/// reader takes one of its own with <see cref="Retain"/> and disposes it, and the memory goes back with the last. Safe for
/// concurrent use, except that whoever disposes a handle must be done with what it gave out.
/// </summary>
public sealed class ImagePatches : IDisposable
{
    private readonly ReadOnlyMemory<byte> _values;
    private readonly Rent? _rent;
    private int _isDisposed;

    /// <summary>A picture in memory that is nobody's: disposing it does nothing but end its use.</summary>
    /// <param name="grid">Its size in patches.</param>
    /// <param name="values">As <see cref="Values"/>.</param>
    public ImagePatches(ImageGrid grid, ReadOnlyMemory<byte> values) => (Grid, _values) = (grid, values);

    /// <summary>A picture in rented memory.</summary>
    /// <param name="grid">Its size in patches.</param>
    /// <param name="owner">At least grid.Patches x <see cref="ImageGrid.PatchLength"/> bytes; disposed with the last handle.</param>
    public ImagePatches(ImageGrid grid, IMemoryOwner<byte> owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        (Grid, _values, _rent) = (grid, owner.Memory[..(grid.Patches * ImageGrid.PatchLength)], new Rent(owner));
    }

    private ImagePatches(ImageGrid grid, ReadOnlyMemory<byte> values, Rent? rent) => (Grid, _values, _rent) = (grid, values, rent);

    /// <summary>Its size in patches.</summary>
    public ImageGrid Grid { get; }

    /// <summary>
    /// Grid.Patches rows of <see cref="ImageGrid.PatchLength"/> bytes in merge-block order, channel-major [3][16][16]
    /// within a row, as <see cref="PatchLayout"/> writes them. Normalisation happens in the graph.
    /// </summary>
    /// <exception cref="ObjectDisposedException">This handle was disposed.</exception>
    public ReadOnlyMemory<byte> Values
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
            return _values;
        }
    }

    /// <summary>One more handle to the same memory, for one more reader.</summary>
    /// <returns>The handle; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">This handle was disposed.</exception>
    public ImagePatches Retain()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0 || _rent?.TryAdd() == false, this);
        return new ImagePatches(Grid, _values, _rent);
    }

    /// <summary>Gives this handle up; a second time is harmless.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _rent?.Remove();
    }

    private sealed class Rent(IMemoryOwner<byte> owner)
    {
        private int _handles = 1;

        public bool TryAdd()
        {
            // Once at zero it stays there: the memory is somebody else's by then.
            for (int seen = Volatile.Read(ref _handles); seen > 0; seen = Volatile.Read(ref _handles))
            {
                if (Interlocked.CompareExchange(ref _handles, seen + 1, seen) == seen) return true;
            }

            return false;
        }

        public void Remove()
        {
            if (Interlocked.Decrement(ref _handles) == 0) owner.Dispose();
        }
    }
}
