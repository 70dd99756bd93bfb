using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference;

/// <summary>How plans are run.</summary>
public sealed record TensorRtInferenceOptions
{
    /// <summary>Whether runs of one size are recorded once and replayed.</summary>
    public bool UseCudaGraphs { get; init; } = true;

    /// <summary>Where runs are counted.</summary>
    public RunCounter Runs { get; init; } = new();
}
