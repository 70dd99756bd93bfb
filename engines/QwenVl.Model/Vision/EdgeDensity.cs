namespace QwenVl.Model.Vision;

/// <summary>
/// How densely edges lie where they lie densest: fine print and fine patterns score high, large letters and plain shapes low,
/// whatever the contrast, sharpness and noise of the picture. Measured on a picture as prepared for the 512 budget, where what a
/// larger one could still show is about to vanish.
/// </summary>
public static class EdgeDensity
{
    private const int Side = ImageGrid.PatchSize;
    private const int Pixels = Side * Side;

    /// <summary>Neighbours in a patch, of one direction.</summary>
    private const int Neighbours = Side * (Side - 1);

    /// <summary>The mean of so many patches counts: a word has them, a speck has not.</summary>
    private const int Densest = 2;

    /// <summary>A flat patch's differences are noise, and its range is not what they are measured by.</summary>
    private const int LeastRange = 30;

    /// <summary>The quarter of the patches with the least change shows how much of it is noise.</summary>
    private const int NoiseQuantile = 4;

    /// <summary>Edges a pixel, horizontal and vertical ones together, in the densest patches; edges between patches are not looked at.</summary>
    /// <param name="patches">A prepared picture.</param>
    /// <returns>0 or more: 0.1 is an edge every twenty pixels in both directions.</returns>
    public static float Measure(ImagePatches patches)
    {
        ArgumentNullException.ThrowIfNull(patches);
        int count = patches.Grid.Patches;
        int[] changes = new int[count], ranges = new int[count];
        ReadOnlySpan<byte> values = patches.Values.Span;
        for (int i = 0; i < count; i++) (changes[i], ranges[i]) = Measure(values.Slice(i * ImageGrid.PatchLength, ImageGrid.PatchLength));
        return Score(changes, ranges);
    }

    /// <summary>One patch's sum of differences between neighbours, and its darkest from its brightest.</summary>
    private static (int Change, int Range) Measure(ReadOnlySpan<byte> patch)
    {
        Span<int> luma = stackalloc int[Pixels];
        ReadOnlySpan<byte> red = patch[..Pixels], green = patch.Slice(Pixels, Pixels), blue = patch.Slice(2 * Pixels, Pixels);
        int darkest = int.MaxValue, brightest = int.MinValue, change = 0;
        for (int i = 0; i < Pixels; i++)
        {
            // BT.601 in 256ths.
            int value = luma[i] = (red[i] * 77 + green[i] * 151 + blue[i] * 28) >> 8;
            (darkest, brightest) = (Math.Min(darkest, value), Math.Max(brightest, value));
            if (i % Side > 0) change += Math.Abs(value - luma[i - 1]);
            if (i >= Side) change += Math.Abs(value - luma[i - Side]);
        }

        return (change, brightest - darkest);
    }

    private static float Score(int[] changes, int[] ranges)
    {
        int[] sorted = [.. changes];
        Array.Sort(sorted);
        int noise = sorted[sorted.Length / NoiseQuantile];
        var densities = new float[changes.Length];
        for (int i = 0; i < densities.Length; i++) densities[i] = (changes[i] - noise) / (float)Math.Max(ranges[i], LeastRange);
        Array.Sort(densities);
        float sum = 0;
        foreach (float density in densities.AsSpan(^Math.Min(Densest, densities.Length)..)) sum += density;
        return Math.Max(0, sum / (Densest * Neighbours));
    }
}
