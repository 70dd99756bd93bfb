using QwenVl.Model.Vision.Resampling;

namespace QwenVl.Model.Vision;

/// <summary>The order of patches and of the bytes in a patch.</summary>
public static class PatchLayout
{
    /// <summary>
    /// Cuts a picture into patch rows: 2 by 2 blocks in raster order, the four patches of a block in raster order, and
    /// within a patch [3][16][16], channel-major.
    /// </summary>
    /// <param name="rgb">Interleaved RGB of exactly the grid's size in pixels, row by row.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="patches">Receives grid.Patches x <see cref="ImageGrid.PatchLength"/> bytes.</param>
    /// <exception cref="ArgumentException">A span has another length than the grid says.</exception>
    public static void Write(ReadOnlySpan<byte> rgb, ImageGrid grid, Span<byte> patches)
    {
        int total = grid.Patches * ImageGrid.PatchLength;
        if (rgb.Length != total) throw new ArgumentException($"{rgb.Length} bytes where a grid of {grid} has {total}.", nameof(rgb));
        if (patches.Length != total) throw new ArgumentException($"{patches.Length} bytes where a grid of {grid} has {total}.", nameof(patches));
        var sink = new PatchSink(grid, isBgr: false, patches);
        int stride = grid.PixelWidth * PixelView.Channels;
        for (int y = 0; y < grid.PixelHeight; y++) sink.WritePixels(y, rgb.Slice(y * stride, stride));
    }

    /// <summary>A patch's place in merge-block order.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="row">Patches above it.</param>
    /// <param name="column">Patches to its left.</param>
    public static int IndexOf(ImageGrid grid, int row, int column)
    {
        const int Side = ImageGrid.MergeSize;
        int block = row / Side * (grid.Width / Side) + column / Side;
        return (block * Side + row % Side) * Side + column % Side;
    }
}
