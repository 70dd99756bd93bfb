using QwenVl.Model.Vision.Resampling;

namespace QwenVl.Model.Vision;

/// <summary>From a decoded picture to patch rows.</summary>
public static class ImagePreprocessor
{
    /// <summary>Names the recipe; features of different recipes are not interchangeable.</summary>
    public const string Version = "qwen3vl-1";

    /// <summary>Names the recipe of a picture that was decoded smaller than it is: nearly, but not exactly, the features of <see cref="Version"/>.</summary>
    /// <param name="reduction">The divisor of both sides at which it was decoded: 1, 2, 4 or 8.</param>
    public static string VersionOf(int reduction) => reduction == 1 ? Version : $"{Version}/{reduction}";

    /// <summary>Resizes to the budget and cuts into patches.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="maxPixels">The area budget, such as <see cref="SmartResize.Pixels512"/>.</param>
    /// <param name="minPixels">Smaller pictures are enlarged to this area.</param>
    /// <exception cref="ArgumentException">One side of the picture is more than 200 times the other.</exception>
    public static ImagePatches Prepare(RgbImage image, long maxPixels, long minPixels = SmartResize.DefaultMinPixels)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImageGrid grid = SmartResize.Fit(image.Height, image.Width, minPixels, maxPixels);
        byte[] patches = GC.AllocateUninitializedArray<byte>(grid.Patches * ImageGrid.PatchLength);
        Write(image.View, grid, patches);
        return new ImagePatches(grid, patches);
    }

    /// <summary>Resizes a picture to a grid and writes each patch once, where it belongs.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="grid">The grid, as <see cref="SmartResize"/> chose it.</param>
    /// <param name="patches">Receives grid.Patches x <see cref="ImageGrid.PatchLength"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="patches"/> has another length.</exception>
    public static void Write(PixelView image, ImageGrid grid, Span<byte> patches) => Write(image, grid, patches, VectorWidths.Best);

    internal static void Write(PixelView image, ImageGrid grid, Span<byte> patches, VectorWidth vectors)
    {
        int total = grid.Patches * ImageGrid.PatchLength;
        if (patches.Length != total) throw new ArgumentException($"{patches.Length} bytes where a grid of {grid} has {total}.", nameof(patches));
        ResampledRows.Write(image, grid.PixelWidth, grid.PixelHeight, new PatchSink(grid, image.IsBgr, patches), vectors);
    }
}
