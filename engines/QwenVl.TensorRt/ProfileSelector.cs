namespace QwenVl.TensorRt;

/// <summary>Which shape of an optimization profile; the numbers are TensorRT's own.</summary>
public enum ProfileSelector
{
    /// <summary>The least.</summary>
    Min = 0,

    /// <summary>The one that kernels are chosen for.</summary>
    Opt = 1,

    /// <summary>The largest.</summary>
    Max = 2,
}
