using QwenVl.Model.Vision;

namespace QwenVl.Model.Execution;

/// <summary>A batch of pictures under way in a vision tower.</summary>
public interface IPendingEncode
{
    /// <summary>
    /// Waits for the batch. Called once, for batches in the order they were started in, from one thread: another than the
    /// one that starts them where the tower's <see cref="IVisionEncoder.MaxPending"/> is over 1.
    /// </summary>
    /// <returns>The features, in the order of the batch.</returns>
    IReadOnlyList<ImageFeatures> Finish();
}
