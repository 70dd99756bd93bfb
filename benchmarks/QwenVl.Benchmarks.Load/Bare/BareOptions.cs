namespace QwenVl.Benchmarks.Load.Bare;

/// <summary>What the bare backend is measured on.</summary>
/// <param name="Checkpoint">The checkpoint whose tower runs.</param>
/// <param name="BatchSizes">Pictures a run.</param>
/// <param name="Side">Pixels a side of the pictures, a multiple of 32.</param>
/// <param name="Duration">How long each batch size runs.</param>
/// <param name="Threads">Threads of a run; 0: one a core.</param>
internal sealed record BareOptions(string Checkpoint, IReadOnlyList<int> BatchSizes, int Side, TimeSpan Duration, int Threads);
