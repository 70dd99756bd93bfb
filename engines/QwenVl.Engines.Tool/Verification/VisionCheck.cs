using QwenVl.Model.Execution;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>How far a vision tower's features and taps are from the recorded ones.</summary>
internal static class VisionCheck
{
    /// <summary>Encodes a case's pictures, as the reference resized them.</summary>
    public static IReadOnlyList<ImageFeatures> Encode(GoldenSet set, GoldenCase golden, IVisionEncoder encoder) =>
        golden.Images.Length == 0 ? [] : encoder.Encode([.. golden.Images.Select(image => set.ResizedPatches(image, golden.MaxPixels))]);

    /// <param name="set">What was recorded.</param>
    /// <param name="golden">A case with pictures.</param>
    /// <param name="features">From <see cref="Encode"/>.</param>
    /// <param name="limited">Whether the limit of float32 applies.</param>
    public static IEnumerable<Measurement> Run(GoldenSet set, GoldenCase golden, IReadOnlyList<ImageFeatures> features, bool limited)
    {
        float[] main = [.. features.SelectMany(image => image.Main.ToArray())];
        yield return Measurement.OfScale("vision", golden.Name, set.Floats(golden.Vision!), main, limited);
        float[] recorded = set.Floats(golden.Deepstack!);
        int taps = golden.Deepstack!.Shape[0], plane = recorded.Length / Math.Max(taps, 1);
        for (int tap = 0; tap < taps; tap++)
        {
            float[] actual = [.. features.SelectMany(image => tap < image.TapCount ? image.Tap(tap).ToArray() : [])];
            yield return Measurement.OfScale($"tap {tap}", golden.Name, recorded.AsSpan(tap * plane, plane), actual, limited);
        }
    }
}
