namespace QwenVl.TensorRt.Building;

/// <summary>How much a plan tells about its layers; the numbers are TensorRT's own.</summary>
public enum ProfilingVerbosity
{
    /// <summary>Names of layers; the default.</summary>
    LayerNamesOnly = 0,

    /// <summary>Nothing.</summary>
    None = 1,

    /// <summary>Shapes, types and kernels, for <see cref="Execution.EngineInspector"/>.</summary>
    Detailed = 2,
}
