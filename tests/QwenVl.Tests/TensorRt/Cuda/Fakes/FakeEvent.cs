namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <summary>An event of <see cref="FakeCudaDriver"/>.</summary>
internal sealed class FakeEvent
{
    /// <summary>Where it was recorded last.</summary>
    public FakeStream? Stream { get; set; }

    public bool Done { get; set; } = true;

    /// <summary>The number of pieces of work that the device had done by then; a millisecond each.</summary>
    public int Time { get; set; } = -1;
}
