using QwenVl.Model.Vision;

namespace QwenVl.Model.Execution;

/// <summary>Runs one checkpoint's vision tower. Calls come from one thread at a time.</summary>
public interface IVisionEncoder : IDisposable
{
    /// <summary>Numbers a feature row.</summary>
    int FeatureWidth { get; }

    /// <summary>Number of DeepStack taps.</summary>
    int TapCount { get; }

    /// <summary>The most pictures one call takes.</summary>
    int MaxBatchSize { get; }

    /// <summary>The most patches one picture may have.</summary>
    int MaxPatches { get; }

    /// <summary>Encodes pictures of any mix of grids in one run; results in the order of <paramref name="batch"/>.</summary>
    /// <exception cref="ArgumentException">The batch is empty or too large, or a picture has too many patches.</exception>
    IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch);
}
