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
        const int Side = ImageGrid.PatchSize;
        int total = grid.Patches * ImageGrid.PatchLength;
        if (rgb.Length != total) throw new ArgumentException($"{rgb.Length} bytes where a grid of {grid} has {total}.", nameof(rgb));
        if (patches.Length != total) throw new ArgumentException($"{patches.Length} bytes where a grid of {grid} has {total}.", nameof(patches));

        int stride = grid.PixelWidth * 3, at = 0;
        for (int blockRow = 0; blockRow < grid.Height; blockRow += ImageGrid.MergeSize)
            for (int blockColumn = 0; blockColumn < grid.Width; blockColumn += ImageGrid.MergeSize)
                for (int row = blockRow; row < blockRow + ImageGrid.MergeSize; row++)
                    for (int column = blockColumn; column < blockColumn + ImageGrid.MergeSize; column++)
                    {
                        Span<byte> patch = patches.Slice(at, ImageGrid.PatchLength);
                        for (int y = 0; y < Side; y++)
                        {
                            ReadOnlySpan<byte> line = rgb.Slice((row * Side + y) * stride + column * Side * 3, Side * 3);
                            for (int x = 0; x < Side; x++)
                            {
                                patch[y * Side + x] = line[x * 3];
                                patch[Side * Side + y * Side + x] = line[x * 3 + 1];
                                patch[2 * Side * Side + y * Side + x] = line[x * 3 + 2];
                            }
                        }

                        at += ImageGrid.PatchLength;
                    }
    }
}
