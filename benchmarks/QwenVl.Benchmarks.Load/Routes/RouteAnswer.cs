namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>One question's answer by one route.</summary>
/// <param name="Load">What else the server did.</param>
/// <param name="Network">Over which network.</param>
/// <param name="Route">By which way.</param>
/// <param name="Picture">Its file.</param>
/// <param name="Task">What was to be done.</param>
/// <param name="Failure">Why there was no answer; null where there was one.</param>
/// <param name="IsRight">Whether it was the right one.</param>
/// <param name="FirstTokenMs">From the question, the upload included.</param>
/// <param name="TotalMs">From the question to the last token.</param>
/// <param name="BytesUp">Of messages to the server.</param>
/// <param name="BytesDown">Of messages from it.</param>
/// <param name="CloudTokens">The server's tokens.</param>
/// <param name="DeviceTokens">The device's tokens.</param>
/// <param name="FeaturesMs">From the question to the last feature chunk; null where none came.</param>
/// <param name="PrefillMs">What the device's decoder computed for the prompt; null where it did nothing.</param>
/// <param name="PrefillRestMs">From the last feature chunk to the end of the device's prefill; null where there was none.</param>
internal sealed record RouteAnswer(
    string Load, string Network, string Route, string Picture, string Task, string? Failure, bool IsRight, double FirstTokenMs, double TotalMs, long BytesUp, long BytesDown, int CloudTokens,
    int DeviceTokens, double? FeaturesMs, double? PrefillMs, double? PrefillRestMs);
