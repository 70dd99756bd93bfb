namespace QwenVl.Runtime.Encoding.Planning;

/// <summary>What bounds the batches of a vision tower.</summary>
/// <param name="BatchSize">Pictures a batch.</param>
/// <param name="MaxPending">Batches that may be under way.</param>
/// <param name="QueueLength">Pictures that may wait.</param>
/// <param name="QueueDelay">How long a picture waits for others while the tower is idle.</param>
/// <param name="Buckets">The most patches of each size, ascending: pictures of one batch are in the same.</param>
internal sealed record EncodeLimits(int BatchSize, int MaxPending, int QueueLength, TimeSpan QueueDelay, IReadOnlyList<int> Buckets);
