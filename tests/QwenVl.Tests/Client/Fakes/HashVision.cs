using QwenVl.Model.Execution;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>Features that depend on the picture, and are whole numbers from 0 to 99, which halves and bytes bring back within one half.</summary>
internal sealed class HashVision : IVisionEncoder
{
    public int FeatureWidth => TinyModel.Width;

    public int TapCount => 2;

    public int MaxBatchSize => 1;

    public int MaxPatches => 4096;

    public static ImageFeatures Encode(ImagePatches patches)
    {
        var values = new float[3 * patches.Grid.Tokens * TinyModel.Width];
        ReadOnlySpan<byte> bytes = patches.Values.Span;
        for (int i = 0; i < values.Length; i++) values[i] = (bytes[(i * 977) % bytes.Length] + i) % 100;
        return new ImageFeatures(patches.Grid, TinyModel.Width, 2, values);
    }

    public IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch) => [.. batch.Select(Encode)];

    public void Dispose()
    {
    }
}
