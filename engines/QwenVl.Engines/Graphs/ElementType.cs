#pragma warning disable CA1720 // Number formats are called what they are.
namespace QwenVl.Engines.Graphs;

/// <summary>The number formats of graph values, with the numbers that ONNX gives them.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 1,

    /// <summary>Eight bits without sign.</summary>
    UInt8 = 2,

    /// <summary>Eight bits with sign.</summary>
    Int8 = 3,

    /// <summary>Thirty-two bits with sign.</summary>
    Int32 = 6,

    /// <summary>Sixty-four bits with sign.</summary>
    Int64 = 7,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 10,

    /// <summary>The upper half of a float32.</summary>
    BFloat16 = 16,
}
