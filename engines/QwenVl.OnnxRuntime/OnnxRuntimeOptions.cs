namespace QwenVl.OnnxRuntime;

/// <summary>How ONNX Runtime works.</summary>
public sealed record OnnxRuntimeOptions
{
    /// <summary>Threads an operator, the calling one included; 0 takes one a physical core.</summary>
    public int IntraOpThreads { get; init; }

    /// <summary>Whether idle threads wait actively: faster, at the cost of a busy processor between steps of an answer.</summary>
    public bool Spin { get; init; } = true;

    /// <summary>Whether the memory of a run is kept for the next one: faster where runs are alike, at the cost of the largest run's memory for good.</summary>
    public bool KeepRunMemory { get; init; } = true;

    /// <summary>The most patches of one picture; attention's memory grows with the square.</summary>
    public int MaxPatches { get; init; } = 4096;

    /// <summary>The most tokens of a sequence, where the checkpoint states more.</summary>
    public int MaxSequenceLength { get; init; } = 8192;
}
