using QwenVl.Model.Execution;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Tool.Verification.Parity;

/// <summary>A tower that gets one plane of pictures of one grid wrong.</summary>
/// <param name="tower">Not owned.</param>
/// <param name="grid">Of the picture.</param>
/// <param name="plane">0 for the features, 1 for tap 0.</param>
/// <param name="change">A number to another.</param>
/// <param name="batchesOnly">Whether pictures that come alone stay right.</param>
internal sealed class PerturbedEncoder(IVisionEncoder tower, ImageGrid grid, int plane, Func<float, int, float> change, bool batchesOnly = false) : IVisionEncoder
{
    public int FeatureWidth => tower.FeatureWidth;

    public int TapCount => tower.TapCount;

    public int MaxBatchSize => tower.MaxBatchSize;

    public int MaxPatches => tower.MaxPatches;

    public IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch) =>
        [.. tower.Encode(batch).Select(features => features.Grid == grid && (batch.Count > 1 || !batchesOnly) ? Perturbed(features) : features)];

    public void Dispose()
    {
    }

    private ImageFeatures Perturbed(ImageFeatures features)
    {
        float[] values = [.. features.Values];
        int length = features.Tokens * features.Width;
        for (int i = 0; i < length; i++) values[plane * length + i] = change(values[plane * length + i], i);
        return new ImageFeatures(features.Grid, features.Width, features.TapCount, values);
    }
}
