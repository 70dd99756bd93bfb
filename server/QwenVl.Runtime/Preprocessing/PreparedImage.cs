using QwenVl.Model.Vision;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>A picture ready for a vision tower.</summary>
/// <param name="Patches">The resized picture in patches.</param>
/// <param name="Width">Pixels of the upright original.</param>
/// <param name="Height">Pixels of the upright original.</param>
/// <param name="Seconds">Time spent on it.</param>
public sealed record PreparedImage(ImagePatches Patches, int Width, int Height, double Seconds);
