namespace QwenVl.TensorRt.Execution;

/// <summary>Which way a tensor goes; the numbers are TensorRT's own.</summary>
public enum TensorMode
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>Read by the engine.</summary>
    Input = 1,

    /// <summary>Written by the engine.</summary>
    Output = 2,
}
