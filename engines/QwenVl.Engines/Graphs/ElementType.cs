#pragma warning disable CA1720 // Number formats are called what they are.
namespace QwenVl.Engines.Graphs;

/// <summary>The number formats of graph values, with the numbers that ONNX gives them.</summary>
internal enum ElementType
{
    Float32 = 1,
    UInt8 = 2,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
    BFloat16 = 16,
}
