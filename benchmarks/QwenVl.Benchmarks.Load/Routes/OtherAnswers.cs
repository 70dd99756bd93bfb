namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>What others got of the server meanwhile.</summary>
/// <param name="Load">Which load.</param>
/// <param name="Network">While this network was measured.</param>
/// <param name="Answers">Answers.</param>
/// <param name="Refusals">Questions refused.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record OtherAnswers(string Load, string Network, int Answers, int Refusals, double Seconds);
