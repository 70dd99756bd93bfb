namespace QwenVl.Benchmarks.Load.Server;

/// <summary>Runs of one batch size.</summary>
/// <param name="UpTo">The most pictures of these runs; null: more than the histogram's last bound.</param>
/// <param name="Runs">How many.</param>
internal sealed record BatchBucket(double? UpTo, double Runs);
