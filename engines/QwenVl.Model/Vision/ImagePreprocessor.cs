namespace QwenVl.Model.Vision;

/// <summary>From a decoded picture to patch rows.</summary>
public static class ImagePreprocessor
{
    /// <summary>Names the recipe; features of different recipes are not interchangeable.</summary>
    public const string Version = "qwen3vl-1";

    /// <summary>Resizes to the budget and cuts into patches.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="maxPixels">The area budget, such as <see cref="SmartResize.Pixels512"/>.</param>
    /// <param name="minPixels">Smaller pictures are enlarged to this area.</param>
    /// <exception cref="ArgumentException">One side of the picture is more than 200 times the other.</exception>
    public static ImagePatches Prepare(RgbImage image, long maxPixels, long minPixels = SmartResize.DefaultMinPixels)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImageGrid grid = SmartResize.Fit(image.Height, image.Width, minPixels, maxPixels);
        RgbImage resized = BicubicResampler.Resize(image, grid.PixelWidth, grid.PixelHeight);
        var patches = new byte[grid.Patches * ImageGrid.PatchLength];
        PatchLayout.Write(resized.Pixels.AsSpan(0, patches.Length), grid, patches);
        return new ImagePatches(grid, patches);
    }
}
