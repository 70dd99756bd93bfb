namespace QwenVl.Engines.Plans;

/// <summary>The shapes of one input in an optimisation profile; equal ranks, and no length of −1.</summary>
/// <param name="Min">The least length of each dimension.</param>
/// <param name="Opt">The lengths that kernels are chosen for.</param>
/// <param name="Max">The greatest length of each dimension.</param>
public sealed record InputShapes(long[] Min, long[] Opt, long[] Max);
