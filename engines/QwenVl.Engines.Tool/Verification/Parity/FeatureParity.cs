using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>How far a tower's features and taps are from those of the reference, each plane of each picture for itself.</summary>
/// <param name="how">How the pictures were encoded: alone, or in batches.</param>
/// <param name="tapCount">Taps of the checkpoint.</param>
internal sealed class FeatureParity(string how, int tapCount)
{
    private readonly ParityScore[] _planes = [new($"features {how}"), .. Enumerable.Range(0, tapCount).Select(tap => new ParityScore($"tap {tap} {how}"))];

    public void Add(string picture, ImageFeatures expected, ImageFeatures actual)
    {
        _planes[0].Add(picture, expected.Main, actual.Main);
        for (int tap = 0; tap < tapCount; tap++) _planes[1 + tap].Add(picture, expected.Tap(tap), tap < actual.TapCount ? actual.Tap(tap) : []);
    }

    public IEnumerable<Measurement> Measurements() => _planes.SelectMany(plane => plane.Limited());
}
