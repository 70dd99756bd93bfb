namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <summary>A graph of <see cref="FakeCudaDriver"/>, recorded or made ready to launch.</summary>
internal sealed class FakeGraph(IReadOnlyList<FakeWork> nodes)
{
    public IReadOnlyList<FakeWork> Nodes { get; set; } = nodes;
}
