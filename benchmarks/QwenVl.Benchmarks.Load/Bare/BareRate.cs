namespace QwenVl.Benchmarks.Load.Bare;

/// <summary>How fast the bare backend is at one batch size.</summary>
/// <param name="BatchSize">Pictures a run.</param>
/// <param name="PicturesPerSecond">Pictures a second.</param>
/// <param name="RunMs">Milliseconds a run, median.</param>
/// <param name="Runs">Runs that were timed.</param>
internal sealed record BareRate(int BatchSize, double PicturesPerSecond, double RunMs, int Runs);
