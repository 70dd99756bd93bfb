using QwenVl.Model.Vision;

namespace QwenVl.Runtime.Encoding;

/// <summary>A picture's features and what they cost.</summary>
/// <param name="Features">The features; shared, never written to.</param>
/// <param name="QueueSeconds">Time waited for the tower.</param>
/// <param name="RunSeconds">Time of the batch that the picture was in.</param>
/// <param name="WasCached">Whether the features were held already; then both times are zero.</param>
public sealed record EncodeResult(ImageFeatures Features, double QueueSeconds, double RunSeconds, bool WasCached);
