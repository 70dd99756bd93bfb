using QwenVl.Model.Vision;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>A picture ready for a vision tower; disposed by whoever asked for it.</summary>
/// <param name="Patches">The resized picture in patches.</param>
/// <param name="Seconds">Time spent on it.</param>
public sealed record PreparedImage(ImagePatches Patches, double Seconds) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Patches.Dispose();
}
