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

    /// <summary>The most patches of each size of picture, ascending and up to <see cref="MaxPatches"/>: a batch of pictures of one size wastes the least.</summary>
    IReadOnlyList<int> PatchBuckets => [MaxPatches];

    /// <summary>The patches that a run of these pictures computes, padding included.</summary>
    long PatchesOf(IReadOnlyList<ImagePatches> batch) => batch.Sum(picture => (long)picture.Grid.Patches);

    /// <summary>Encodes pictures of any mix of grids in one run; results in the order of <paramref name="batch"/>.</summary>
    /// <exception cref="ArgumentException">The batch is empty or too large, or a picture has too many patches.</exception>
    IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch);

    /// <summary>The most batches that may be started and not finished: more than one where a batch can be brought to the device while another runs.</summary>
    int MaxPending => 1;

    /// <summary>Starts what <see cref="Encode"/> does; what cannot wait is done when this returns.</summary>
    /// <returns>The batch; the caller finishes it before this tower is disposed.</returns>
    /// <exception cref="ArgumentException">As <see cref="Encode"/>.</exception>
    /// <exception cref="InvalidOperationException"><see cref="MaxPending"/> batches are under way.</exception>
    IPendingEncode Start(IReadOnlyList<ImagePatches> batch) => new FinishedEncode(Encode(batch));
}
