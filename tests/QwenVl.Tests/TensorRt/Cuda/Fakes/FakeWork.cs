namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <summary>One piece of queued or recorded work; its kind is what an update of a graph cannot change.</summary>
internal sealed record FakeWork(string Kind, Action Run);
