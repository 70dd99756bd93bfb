namespace QwenVl.Benchmarks.Gpu.Recorded;

/// <summary>A tensor of a recorded run.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="Shape">Its lengths.</param>
/// <param name="Bytes">What went in or came out.</param>
internal sealed record RecordedTensor(string Name, long[] Shape, byte[] Bytes);
