namespace QwenVl.TensorRt.Execution;

/// <summary>An input or output of an engine.</summary>
/// <param name="Index">Its place among the engine's tensors.</param>
/// <param name="Name">Its name.</param>
/// <param name="Mode">Input or output.</param>
/// <param name="DataType">What its elements are.</param>
/// <param name="Shape">Its shape; -1 marks lengths that depend on the inputs' shapes.</param>
/// <param name="IsOnHost">Whether its address is one of host memory: a shape input or output. Others are in device memory.</param>
/// <param name="IsShapeInferenceIO">Whether its values take part in computing shapes; those of an input must be set before shapes are asked for.</param>
/// <param name="AliasedInput">For an output: the input whose memory it must have, as in a cache updated in place; else null.</param>
public sealed record EngineTensor(
    int Index, string Name, TensorMode Mode, TensorDataType DataType, TensorShape Shape, bool IsOnHost, bool IsShapeInferenceIO, string? AliasedInput)
{
    /// <summary>Whether a context must be told the shape: an input with lengths that are not fixed.</summary>
    public bool IsDynamicInput => Mode is TensorMode.Input && !Shape.IsKnown;

    /// <summary>The name as the engine holds it.</summary>
    internal nint NativeName { get; init; }
}
