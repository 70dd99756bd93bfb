namespace QwenVl.Benchmarks.Device.Speed;

/// <summary>What one process measured of one decoder.</summary>
/// <param name="LoadSeconds">Until the first run could begin.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="PrefillRate">Prompt tokens a second.</param>
/// <param name="DecodeRate">Tokens a second: one over the median step.</param>
/// <param name="BytesPerToken">Bytes on the managed heap a token; 0 where there is none.</param>
/// <param name="PeakBytes">The most that the process had resident.</param>
/// <param name="AnonymousBytes">Resident at the end and of no file.</param>
/// <param name="FileBytes">Resident at the end and of files.</param>
internal sealed record SpeedResult(
    double LoadSeconds,
    int PromptTokens,
    double PrefillRate,
    double DecodeRate,
    double BytesPerToken,
    long PeakBytes,
    long AnonymousBytes,
    long FileBytes);
