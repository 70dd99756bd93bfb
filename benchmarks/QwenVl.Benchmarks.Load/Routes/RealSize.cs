namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>Measured and assumed parts of checkpoints that are not run here, to compute what routes would take with them.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Source">Where each number is from.</param>
/// <param name="Width">Numbers of the device's feature rows.</param>
/// <param name="Taps">The device's taps.</param>
/// <param name="VisualTokens">Of the picture.</param>
/// <param name="PromptTokens">Of the text.</param>
/// <param name="AnswerTokens">Of the answer.</param>
/// <param name="JpegBytes">Of the picture's file.</param>
/// <param name="DeviceTowerSeconds">The device's vision tower.</param>
/// <param name="DevicePrefillRate">Prompt tokens a second on the device.</param>
/// <param name="DeviceDecodeRate">Answer tokens a second on the device.</param>
/// <param name="ServerEncodeSeconds">A vision tower on the server.</param>
/// <param name="ServerPrefillSeconds">The server's prefill.</param>
/// <param name="ServerTokenSeconds">Each of the server's tokens.</param>
/// <param name="ServerQueueSeconds">How long a question waits for the server's decoder.</param>
internal sealed record RealSize(
    string Name, string Source, int Width, int Taps, int VisualTokens, int PromptTokens, int AnswerTokens, double JpegBytes, double DeviceTowerSeconds, double DevicePrefillRate,
    double DeviceDecodeRate, double ServerEncodeSeconds, double ServerPrefillSeconds, double ServerTokenSeconds, double ServerQueueSeconds);
