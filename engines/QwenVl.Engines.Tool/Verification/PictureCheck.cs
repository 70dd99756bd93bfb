using System.Globalization;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>Whether pictures are resized to the recorded grids and to nearly the recorded pixels.</summary>
internal static class PictureCheck
{
    private const int MostLevels = 2;
    private const double MostApart = 0.01;

    public static IEnumerable<Measurement> Run(GoldenSet set)
    {
        foreach (GoldenImage image in set.Images)
        {
            foreach ((string cap, GoldenResize expected) in image.Caps)
            {
                long maxPixels = long.Parse(cap, CultureInfo.InvariantCulture);
                string of = $"{image.File} at {cap}";
                ImageGrid grid = SmartResize.Fit(image.Height, image.Width, SmartResize.DefaultMinPixels, maxPixels);
                bool right = expected.GridThw.AsSpan().SequenceEqual([1, grid.Height, grid.Width]) && grid.Tokens == expected.Tokens;
                yield return Measurement.Wrong("grid and token count", of, right ? 0 : 1, 1);
                yield return Pixels(of, set.ResizedPatches(image.File, maxPixels), ImagePreprocessor.Prepare(set.Picture(image.File), maxPixels));
            }
        }
    }

    private static Measurement Pixels(string of, ImagePatches expected, ImagePatches actual)
    {
        ReadOnlySpan<byte> left = expected.Values.Span, right = actual.Values.Span;
        int apart = expected.Grid == actual.Grid ? 0 : left.Length;
        for (int i = 0; i < left.Length && expected.Grid == actual.Grid; i++)
        {
            if (Math.Abs(left[i] - right[i]) > MostLevels) apart++;
        }

        return Measurement.Share($"resized, over {MostLevels} levels apart", of, apart, left.Length, MostApart);
    }
}
