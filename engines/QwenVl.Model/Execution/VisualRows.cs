using QwenVl.Model.Vision;

namespace QwenVl.Model.Execution;

/// <summary>
/// The feature rows of all pictures of one prompt, in the order of its visual tokens, laid out as the decoder reads
/// them: [1 + taps][1 + rows][width], where row 0 of every plane is zero and stands for "no picture here".
/// </summary>
public sealed class VisualRows
{
    private VisualRows(int rows, int width, int tapCount, float[] values) =>
        (Rows, Width, TapCount, Values) = (rows, width, tapCount, values);

    /// <summary>Visual tokens, row 0 not counted.</summary>
    public int Rows { get; }

    /// <summary>Numbers a row.</summary>
    public int Width { get; }

    /// <summary>Number of DeepStack taps.</summary>
    public int TapCount { get; }

    /// <summary>[1 + TapCount, 1 + Rows, Width].</summary>
    public float[] Values { get; }

    /// <summary>The main plane, [1 + Rows, Width].</summary>
    public ReadOnlyMemory<float> Main => Values.AsMemory(0, (1 + Rows) * Width);

    /// <summary>The taps, [TapCount, 1 + Rows, Width].</summary>
    public ReadOnlyMemory<float> Taps => Values.AsMemory((1 + Rows) * Width);

    /// <summary>Zero rows, into which a picture's are written as they come.</summary>
    /// <param name="rows">Visual tokens.</param>
    /// <param name="width">Numbers a row.</param>
    /// <param name="tapCount">Taps.</param>
    public static VisualRows Empty(int rows, int width, int tapCount) => new(rows, width, tapCount, new float[(1 + tapCount) * (1 + rows) * width]);

    /// <summary>Joins the features of a prompt's pictures.</summary>
    /// <exception cref="ArgumentException">The pictures are of different towers.</exception>
    public static VisualRows Join(IReadOnlyList<ImageFeatures> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0) throw new ArgumentException("No pictures.", nameof(images));
        int width = images[0].Width, taps = images[0].TapCount, rows = 0;
        foreach (ImageFeatures image in images)
        {
            if (image.Width != width || image.TapCount != taps)
                throw new ArgumentException($"Features of width {image.Width} with {image.TapCount} taps beside {width} with {taps}.", nameof(images));
            rows += image.Tokens;
        }

        var values = new float[(1 + taps) * (1 + rows) * width];
        for (int plane = 0; plane <= taps; plane++)
        {
            int at = (plane * (1 + rows) + 1) * width;
            foreach (ImageFeatures image in images)
            {
                int length = image.Tokens * width;
                image.Values.AsSpan(plane * length, length).CopyTo(values.AsSpan(at));
                at += length;
            }
        }

        return new VisualRows(rows, width, taps, values);
    }
}
