namespace QwenVl.TensorRt.Building;

/// <summary>An input or output of a network, as it was when it was asked for.</summary>
/// <param name="Name">The name by which engines and profiles know it.</param>
/// <param name="DataType">What its elements are.</param>
/// <param name="Shape">Its shape; -1 marks dynamic lengths.</param>
/// <param name="IsShapeTensor">Whether its values are lengths that the builder must know the range of.</param>
public sealed record NetworkTensor(string Name, TensorDataType DataType, TensorShape Shape, bool IsShapeTensor)
{
    /// <summary>Whether a length is dynamic, so that a profile must tell its range.</summary>
    public bool IsDynamic => !Shape.IsKnown;
}
