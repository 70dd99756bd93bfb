using QwenVl.Model.Vision;
using QwenVl.Pictures.Randomness;

namespace QwenVl.Pictures.Geometry;

/// <summary>A picture's size, and how much of it is left after the resize to the 512 budget.</summary>
internal sealed record PictureFrame(int Width, int Height)
{
    private const int Step = ImageGrid.PatchSize * ImageGrid.MergeSize;

    /// <summary>Pixels of the resized picture a pixel of this one, along the side that loses more.</summary>
    public double BudgetScale { get; } = Scale(Width, Height, SmartResize.Pixels512);

    /// <summary>The same of the 1024 budget.</summary>
    public double LargeBudgetScale { get; } = Scale(Width, Height, SmartResize.Pixels1024);

    public int ShortSide => Math.Min(Width, Height);

    public static PictureFrame Sample(PictureRandom random, PictureOptions options)
    {
        SizeBand band = options.Sizes[random.PickWeighted([.. options.Sizes.Select(size => size.Weight)])];
        double side = random.LogBetween(band.Least, band.Most);
        double aspect = random.LogBetween(1, options.MaxAspect);
        int longSide = (int)Math.Round(side), shortSide = (int)Math.Round(Math.Max(side / aspect, Math.Min(side, options.LeastShortSide)));
        if (options.AlignedShare > 0 && random.Chance(options.AlignedShare)) (longSide, shortSide) = (Aligned(longSide), Aligned(shortSide));
        return random.Chance(0.5) ? new PictureFrame(longSide, shortSide) : new PictureFrame(shortSide, longSide);
    }

    private static int Aligned(int side) => (side + Step - 1) / Step * Step;

    private static double Scale(int width, int height, long maxPixels)
    {
        ImageGrid grid = SmartResize.Fit(height, width, SmartResize.DefaultMinPixels, maxPixels);
        return Math.Min((double)grid.PixelWidth / width, (double)grid.PixelHeight / height);
    }
}
