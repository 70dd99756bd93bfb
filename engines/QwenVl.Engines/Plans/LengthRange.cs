namespace QwenVl.Engines.Plans;

/// <summary>What one symbolic length may be in an optimisation profile.</summary>
/// <param name="Min">The least.</param>
/// <param name="Opt">The one that kernels are chosen for.</param>
/// <param name="Max">The most.</param>
public readonly record struct LengthRange(long Min, long Opt, long Max);
