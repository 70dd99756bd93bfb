namespace QwenVl.Model.Vision;

/// <summary>
/// Which budget a picture deserves: 1024 where edges lie so densely in its version of 512 that detail was lost on the way, which
/// is four times the tokens. Thresholds were chosen on pictures that the embedded checkpoints are trained on, not judged on.
/// </summary>
public static class AutoResolution
{
    /// <summary>Edges a pixel, as <see cref="EdgeDensity"/> measures them, from which on a prompt that asks for something written sees 1024.</summary>
    public const float ReadingThreshold = 0.22f;

    /// <summary>The same of other prompts.</summary>
    public const float OtherThreshold = 0.28f;

    /// <summary>Whether the budgets differ for a picture: small ones are the same in both.</summary>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <exception cref="ArgumentException">As <see cref="SmartResize.Fit"/>.</exception>
    public static bool IsChoice(int height, int width) =>
        SmartResize.Fit(height, width, SmartResize.DefaultMinPixels, SmartResize.Pixels512) != SmartResize.Fit(height, width, SmartResize.DefaultMinPixels, SmartResize.Pixels1024);

    /// <summary>Prepares a picture for the budget that it deserves.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="isReading">Whether the question asks for something written.</param>
    /// <exception cref="ArgumentException">One side of the picture is more than 200 times the other.</exception>
    public static ImagePatches Prepare(RgbImage image, bool isReading)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImagePatches patches = ImagePreprocessor.Prepare(image, SmartResize.Pixels512);
        return IsChoice(image.Height, image.Width) && Choose(EdgeDensity.Measure(patches), isReading) == SmartResize.Pixels1024
            ? ImagePreprocessor.Prepare(image, SmartResize.Pixels1024)
            : patches;
    }

    /// <summary>The area budget of a picture where the budgets differ.</summary>
    /// <param name="edgeDensity">Of its version of 512.</param>
    /// <param name="isReading">Whether the question asks for something written.</param>
    public static long Choose(float edgeDensity, bool isReading) =>
        edgeDensity > (isReading ? ReadingThreshold : OtherThreshold) ? SmartResize.Pixels1024 : SmartResize.Pixels512;
}
