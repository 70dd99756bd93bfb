namespace QwenVl.Model.Vision.Resampling;

/// <summary>Rows straight to where they lie in their patches, so that the resized picture exists once.</summary>
internal readonly ref struct PatchSink(ImageGrid grid, bool isBgr, Span<byte> patches) : IRowSink
{
    private const int Side = ImageGrid.PatchSize, Plane = Side * Side, Channels = PixelView.Channels;
    private readonly Span<byte> _patches = patches;

    public void WritePlanes(int y, ReadOnlySpan<byte> row)
    {
        int width = grid.PixelWidth, first = isBgr ? 2 * width : 0, third = 2 * width - first;
        for (int column = 0; column < grid.Width; column++)
        {
            Span<byte> lines = Lines(y, column);
            int x = column * Side;
            row.Slice(first + x, Side).CopyTo(lines);
            row.Slice(width + x, Side).CopyTo(lines[Plane..]);
            row.Slice(third + x, Side).CopyTo(lines[(2 * Plane)..]);
        }
    }

    public void WritePixels(int y, ReadOnlySpan<byte> row)
    {
        for (int column = 0; column < grid.Width; column++)
            ChannelSplit.Run(row.Slice(column * Side * Channels, Side * Channels), Lines(y, column), Plane, isBgr);
    }

    /// <summary>From the patch's line of the first channel to its line of the last.</summary>
    private Span<byte> Lines(int y, int column) =>
        _patches.Slice(PatchLayout.IndexOf(grid, y / Side, column) * ImageGrid.PatchLength + y % Side * Side, 2 * Plane + Side);
}
