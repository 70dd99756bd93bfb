namespace QwenVl.Client.Routing;

/// <summary>What warm-up measured.</summary>
/// <param name="Vision">The vision tower.</param>
/// <param name="PrefillTokensPerSecond">Tokens of a prompt.</param>
/// <param name="DecodeTokensPerSecond">Tokens of an answer.</param>
internal sealed record CalibrationMeasurement(VisionTime Vision, double PrefillTokensPerSecond, double DecodeTokensPerSecond);
