using QwenVl.Model.Vision;

namespace QwenVl.Model.Execution;

/// <summary>A batch of a tower that does one thing at a time: done when it was started.</summary>
internal sealed class FinishedEncode(IReadOnlyList<ImageFeatures> features) : IPendingEncode
{
    public IReadOnlyList<ImageFeatures> Finish() => features;
}
