namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// Whether copies stay within their memory, before the driver hears of them: it checks device addresses late or never.
/// Sums are taken in 128 bits, so nothing that callers give can overflow.
/// </summary>
internal static class CopyBounds
{
    /// <exception cref="ArgumentOutOfRangeException">Elements offset to offset + count - 1 are not all among the total.</exception>
    public static void Check(long offset, long count, long total, string what)
    {
        NotNegative(offset, $"{what} offset");
        NotNegative(count, $"{what} count");
        if ((Int128)offset + count > total)
            throw new ArgumentOutOfRangeException(what, $"{count} elements from {offset} on: the {what} has {total}.");
    }

    /// <exception cref="ArgumentOutOfRangeException">Rows overlap, or not all of their elements are among the total.</exception>
    public static void Check(in CudaCopy2D copy, long offset, long pitch, long total, string what)
    {
        Row(copy.Width, copy.Height, offset, pitch, what);
        if (copy.Width == 0 || copy.Height == 0) return;
        End(offset + ((Int128)copy.Height - 1) * pitch + copy.Width, total, what);
    }

    /// <exception cref="ArgumentOutOfRangeException">Rows or slices overlap, or not all of their elements are among the total.</exception>
    public static void Check(in CudaCopy3D copy, long offset, long pitch, long sliceRows, long total, string what)
    {
        Row(copy.Width, copy.Height, offset, pitch, what);
        NotNegative(copy.Depth, "depth");
        if (copy.Height > sliceRows)
            throw new ArgumentOutOfRangeException(what, $"{copy.Height} rows of a slice do not fit into the {sliceRows} from slice to slice of the {what}.");
        if (copy.Width == 0 || copy.Height == 0 || copy.Depth == 0) return;
        // Two 64-bit factors fit into 128 bits with their sign, three need not: a slice alone may be too long already.
        Int128 slice = (Int128)pitch * sliceRows;
        if (copy.Depth > 1 && slice > total) End(Int128.MaxValue, total, what);
        End(offset + (copy.Depth - 1) * (copy.Depth > 1 ? slice : 0) + ((Int128)copy.Height - 1) * pitch + copy.Width, total, what);
    }

    /// <summary>The driver has a limit for what may lie between two rows, even where there is one row only.</summary>
    public static nuint PitchBytes(long pitch, int size, CudaDevice device, string what)
    {
        Int128 bytes = (Int128)pitch * size;
        if (bytes > device.MaxPitchBytes)
        {
            throw new ArgumentOutOfRangeException(
                what,
                $"{pitch} elements of {size} bytes from row to row of the {what}: {device} copies rows at most {device.MaxPitchBytes} bytes apart. Copy the rows one by one.");
        }

        return (nuint)bytes;
    }

    private static void Row(long width, long height, long offset, long pitch, string what)
    {
        NotNegative(width, "width");
        NotNegative(height, "height");
        NotNegative(offset, $"{what} offset");
        if (width > pitch) throw new ArgumentOutOfRangeException(what, $"A row of {width} elements does not fit into the {pitch} from row to row of the {what}.");
    }

    private static void End(Int128 end, long total, string what)
    {
        if (end > total) throw new ArgumentOutOfRangeException(what, $"The copy goes beyond the {what}, which has {total} elements.");
    }

    private static void NotNegative(long value, string what)
    {
        if (value < 0) throw new ArgumentOutOfRangeException(what, value, $"The {what} of a copy is not negative.");
    }
}
