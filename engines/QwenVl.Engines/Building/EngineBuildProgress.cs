namespace QwenVl.Engines.Building;

/// <summary>How far a build is.</summary>
/// <param name="Stage">What is being done: <c>fingerprint</c>, <c>vision</c>, <c>decoder</c>, <c>vision plan</c>, <c>decoder plan</c> or <c>files</c>.</param>
/// <param name="Fraction">The share of the stage that is done, 0 to 1.</param>
public sealed record EngineBuildProgress(string Stage, double Fraction);
