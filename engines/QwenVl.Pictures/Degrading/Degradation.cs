using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Randomness;

namespace QwenVl.Pictures.Degrading;

/// <summary>What a camera and a file format do to one picture.</summary>
/// <param name="Blur">Standard deviation in pixels; 0 for none.</param>
/// <param name="Noise">Standard deviation in levels; 0 for none.</param>
/// <param name="Brightness">Levels added.</param>
/// <param name="Contrast">Factor around mid-gray.</param>
/// <param name="Quality">JPEG quality, or 0 for PNG.</param>
/// <param name="FullChroma">Whether JPEG keeps colour at full resolution.</param>
/// <param name="NoiseStart">Where the noise table is read from.</param>
/// <param name="GrayNoise">Whether all channels get the same noise.</param>
internal sealed record Degradation(double Blur, double Noise, double Brightness, double Contrast, int Quality, bool FullChroma, int NoiseStart, bool GrayNoise)
{
    public static Degradation Sample(PictureFrame frame, double finestDetail, PictureOptions options, PictureRandom random)
    {
        double blur = random.Chance(options.BlurShare) ? random.Between(0.2, 1) * options.MaxBlur * finestDetail : 0;
        double noise = random.Chance(options.NoiseShare) ? random.Between(1, options.MaxNoise) : 0;
        // What is small before the resize does not survive the strongest compression.
        int least = finestDetail < 16 ? Math.Max(options.LeastQuality, 60) : options.LeastQuality;
        bool png = random.Chance(options.PngShare);
        int quality = least + random.Below(options.MostQuality - least + 1);
        return new Degradation(
            Math.Min(blur, 0.006 * frame.ShortSide), noise,
            255 * options.MaxBrightness * random.Between(-1, 1), 1 + options.MaxContrast * random.Between(-1, 1),
            png ? 0 : quality, random.Chance(0.3), random.Below(NoiseTable.Size), random.Chance(0.3));
    }
}
