namespace QwenVl.Model.Vision;

/// <summary>
/// Which size a picture is resized to: both sides multiples of 32, the area within a budget, the aspect kept. The rule
/// of the checkpoint's own processor, in doubles and with banker's rounding.
/// </summary>
public static class SmartResize
{
    /// <summary>The smallest area in pixels: 256 x 256.</summary>
    public const long DefaultMinPixels = 65_536;

    /// <summary>The area budget of the 512 resolution.</summary>
    public const long Pixels512 = 512 * 512;

    /// <summary>The area budget of the 1024 resolution.</summary>
    public const long Pixels1024 = 1024 * 1024;

    /// <summary>The longest side over the shortest that is accepted.</summary>
    public const int MaxAspectRatio = 200;

    private const int Factor = ImageGrid.PatchSize * ImageGrid.MergeSize;

    /// <summary>The grid for a picture of <paramref name="height"/> x <paramref name="width"/> pixels.</summary>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="minPixels">Smaller pictures are enlarged to at least this area.</param>
    /// <param name="maxPixels">Larger pictures are reduced to at most this area; an extreme aspect ratio may exceed it.</param>
    /// <exception cref="ArgumentException">A side is under 1, or one side is more than 200 times the other.</exception>
    public static ImageGrid Fit(int height, int width, long minPixels, long maxPixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if ((double)Math.Max(height, width) / Math.Min(height, width) > MaxAspectRatio)
            throw new ArgumentException($"A picture of {width} x {height} pixels: one side is more than {MaxAspectRatio} times the other.");

        double h = Math.Round(height / (double)Factor, MidpointRounding.ToEven) * Factor;
        double w = Math.Round(width / (double)Factor, MidpointRounding.ToEven) * Factor;
        if (h * w > maxPixels)
        {
            double shrink = Math.Sqrt((double)height * width / maxPixels);
            h = Math.Max(Factor, Math.Floor(height / shrink / Factor) * Factor);
            w = Math.Max(Factor, Math.Floor(width / shrink / Factor) * Factor);
        }
        else if (h * w < minPixels)
        {
            double grow = Math.Sqrt(minPixels / ((double)height * width));
            h = Math.Ceiling(height * grow / Factor) * Factor;
            w = Math.Ceiling(width * grow / Factor) * Factor;
        }

        return new ImageGrid((int)h / ImageGrid.PatchSize, (int)w / ImageGrid.PatchSize);
    }
}
