using QwenVl.Model.Configuration;

namespace QwenVl.Model.Vision;

/// <summary>What a vision tower needs to know of a picture's grid, a row a patch in merge-block order. Immutable once made.</summary>
public sealed class VisionTables
{
    private VisionTables(ImageGrid grid, int headDim)
    {
        (Grid, HeadDim) = (grid, headDim);
        PositionIndexes = new int[grid.Patches * 4];
        PositionWeights = new float[grid.Patches * 4];
        RopeCos = new float[grid.Patches * headDim];
        RopeSin = new float[grid.Patches * headDim];
    }

    /// <summary>The grid.</summary>
    public ImageGrid Grid { get; }

    /// <summary>Numbers a row of the rotary tables.</summary>
    public int HeadDim { get; }

    /// <summary>[patches, 4]: the rows of the position table around each patch.</summary>
    public int[] PositionIndexes { get; }

    /// <summary>[patches, 4]: their bilinear weights, which sum to 1.</summary>
    public float[] PositionWeights { get; }

    /// <summary>[patches, HeadDim]: cosines of the rotary angles.</summary>
    public float[] RopeCos { get; }

    /// <summary>[patches, HeadDim]: sines of the rotary angles.</summary>
    public float[] RopeSin { get; }

    /// <summary>Computes the tables of a grid.</summary>
    public static VisionTables Create(VisionConfig config, ImageGrid grid)
    {
        ArgumentNullException.ThrowIfNull(config);
        var tables = new VisionTables(grid, config.HeadDim);
        int patch = 0;
        for (int blockRow = 0; blockRow < grid.Height; blockRow += ImageGrid.MergeSize)
            for (int blockColumn = 0; blockColumn < grid.Width; blockColumn += ImageGrid.MergeSize)
                for (int i = 0; i < ImageGrid.MergeSize * ImageGrid.MergeSize; i++)
                {
                    int row = blockRow + i / ImageGrid.MergeSize, column = blockColumn + i % ImageGrid.MergeSize;
                    tables.SetPosition(patch, row, column, config.PositionTableSide);
                    tables.SetRotation(patch++, row, column);
                }

        return tables;
    }

    private void SetPosition(int patch, int row, int column, int side)
    {
        (int top, int bottom, float down) = Locate(row, Grid.Height, side);
        (int left, int right, float across) = Locate(column, Grid.Width, side);
        Span<int> indexes = PositionIndexes.AsSpan(patch * 4, 4);
        (indexes[0], indexes[1], indexes[2], indexes[3]) = (top * side + left, top * side + right, bottom * side + left, bottom * side + right);
        Span<float> weights = PositionWeights.AsSpan(patch * 4, 4);
        (weights[0], weights[1]) = ((1 - down) * (1 - across), (1 - down) * across);
        (weights[2], weights[3]) = (down * (1 - across), down * across);
    }

    private static (int Low, int High, float Fraction) Locate(int index, int count, int side)
    {
        float position = index * (float)(side - 1) / Math.Max(count - 1, 1);
        int low = (int)position;
        return (low, Math.Min(low + 1, side - 1), position - low);
    }

    private void SetRotation(int patch, int row, int column)
    {
        const double Theta = 10_000;
        int half = HeadDim / 2, quarter = HeadDim / 4;
        for (int i = 0; i < half; i++)
        {
            // The first half of the frequencies turns with the row, the second with the column; then all repeat.
            float frequency = (float)(1 / Math.Pow(Theta, 2.0 * (i % quarter) / half));
            float angle = (i < quarter ? row : column) * frequency;
            int at = patch * HeadDim + i;
            RopeCos[at] = RopeCos[at + half] = MathF.Cos(angle);
            RopeSin[at] = RopeSin[at + half] = MathF.Sin(angle);
        }
    }
}
