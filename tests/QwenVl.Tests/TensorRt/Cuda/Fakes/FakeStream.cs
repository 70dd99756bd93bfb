namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <summary>A stream of <see cref="FakeCudaDriver"/>: what is queued, and what is recorded while it is captured.</summary>
internal sealed class FakeStream
{
    public Queue<FakeWork> Queue { get; } = [];

    /// <summary>Null while it is not captured.</summary>
    public List<FakeWork>? Capture { get; set; }

    public int CapturingThread { get; set; }

    public bool Spoilt { get; set; }

    public void Drain()
    {
        while (Queue.TryDequeue(out FakeWork? work)) work.Run();
    }

    /// <summary>Works off what was queued before an event, and no more: what comes after it may wait for others.</summary>
    public void DrainUntil(FakeEvent mark)
    {
        while (!mark.Done && Queue.TryDequeue(out FakeWork? work)) work.Run();
    }
}
