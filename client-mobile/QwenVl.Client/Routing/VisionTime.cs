namespace QwenVl.Client.Routing;

/// <summary>What the device's vision tower took for a picture.</summary>
/// <param name="Tokens">Tokens of the picture, at least 1.</param>
/// <param name="Seconds">Over 0.</param>
public readonly record struct VisionTime(int Tokens, double Seconds);
