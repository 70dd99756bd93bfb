namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <summary>Memory handed out by <see cref="FakeCudaDriver"/>.</summary>
internal sealed record FakeMemory(long Bytes, bool OnDevice, uint Flags);
