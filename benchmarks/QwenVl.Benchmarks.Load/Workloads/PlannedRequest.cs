using QwenVl.Benchmarks.Load.Pictures;

namespace QwenVl.Benchmarks.Load.Workloads;

/// <summary>One request, as it was drawn before the run.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Start">When it is due, since the beginning of the load.</param>
/// <param name="IsMeasured">Whether it is due in the measured part.</param>
/// <param name="Picture">The file it sends; null: none.</param>
/// <param name="Prompt">What it asks.</param>
/// <param name="MaxNewTokens">The most tokens of its answer.</param>
/// <param name="Behaviour">How its client behaves.</param>
/// <param name="After">From the question to what the behaviour does.</param>
/// <param name="Network">The number of its network in the scenario.</param>
internal sealed record PlannedRequest(
    int Index, TimeSpan Start, bool IsMeasured, PictureChoice? Picture, string Prompt, int MaxNewTokens, Behaviour Behaviour, TimeSpan After, int Network);
