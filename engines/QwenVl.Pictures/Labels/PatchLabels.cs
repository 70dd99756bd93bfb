using QwenVl.Model.Vision;
using SkiaSharp;

namespace QwenVl.Pictures.Labels;

/// <summary>What each patch of a resized picture shows.</summary>
internal static class PatchLabels
{
    /// <summary>Samples a patch's side.</summary>
    private const int Samples = 4;

    /// <summary>Samples out of sixteen that must show something, or the patch is background.</summary>
    private const int LeastCovered = 3;

    /// <summary>One label a patch, in the merge-block order of <see cref="PatchLayout"/>.</summary>
    public static ushort[] Rasterize(IReadOnlyList<LabelRegion> regions, int width, int height, ImageGrid grid)
    {
        int columns = grid.Width * Samples, rows = grid.Height * Samples;
        var cells = new ushort[columns * rows];
        double scaleX = (double)columns / width, scaleY = (double)rows / height;
        foreach (LabelRegion region in regions) Fill(region, cells, columns, rows, scaleX, scaleY);

        var labels = new ushort[grid.Patches];
        int at = 0;
        for (int blockRow = 0; blockRow < grid.Height; blockRow += ImageGrid.MergeSize)
            for (int blockColumn = 0; blockColumn < grid.Width; blockColumn += ImageGrid.MergeSize)
                for (int row = blockRow; row < blockRow + ImageGrid.MergeSize; row++)
                    for (int column = blockColumn; column < blockColumn + ImageGrid.MergeSize; column++)
                        labels[at++] = Majority(cells, columns, row * Samples, column * Samples);
        return labels;
    }

    private static void Fill(LabelRegion region, ushort[] cells, int columns, int rows, double scaleX, double scaleY)
    {
        double top = region.Outlines.Min(outline => outline.Min(point => point.Y)) * scaleY;
        double bottom = region.Outlines.Max(outline => outline.Max(point => point.Y)) * scaleY;
        var crossings = new List<double>();
        for (int row = Math.Max(0, (int)top); row < Math.Min(rows, (int)bottom + 1); row++)
        {
            double y = (row + 0.5) / scaleY;
            crossings.Clear();
            foreach (SKPoint[] outline in region.Outlines)
            {
                for (int i = 0; i < outline.Length; i++)
                {
                    SKPoint from = outline[i], to = outline[(i + 1) % outline.Length];
                    if (from.Y <= y != to.Y <= y) crossings.Add((from.X + (y - from.Y) * (to.X - from.X) / (to.Y - from.Y)) * scaleX);
                }
            }

            crossings.Sort();
            for (int i = 0; i + 1 < crossings.Count; i += 2)
            {
                int first = Math.Max(0, (int)Math.Ceiling(crossings[i] - 0.5)), end = Math.Min(columns, (int)Math.Ceiling(crossings[i + 1] - 0.5));
                for (int column = first; column < end; column++) cells[row * columns + column] = (ushort)region.Label;
            }
        }
    }

    private static ushort Majority(ushort[] cells, int columns, int top, int left)
    {
        Span<ushort> covered = stackalloc ushort[Samples * Samples];
        int count = 0;
        for (int y = 0; y < Samples; y++)
        {
            foreach (ushort cell in cells.AsSpan((top + y) * columns + left, Samples))
            {
                if (cell != 0) covered[count++] = cell;
            }
        }

        if (count < LeastCovered) return 0;
        covered = covered[..count];
        ushort best = 0;
        int most = 0;
        foreach (ushort label in covered)
        {
            int votes = covered.Count(label);
            if (votes > most) (best, most) = (label, votes);
        }

        return best;
    }
}
