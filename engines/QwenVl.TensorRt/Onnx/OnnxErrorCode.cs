namespace QwenVl.TensorRt.Onnx;

/// <summary>Why the parser refuses a model; the numbers are the parser's own.</summary>
public enum OnnxErrorCode
{
    /// <summary>No error.</summary>
    Success = 0,

    /// <summary>A defect of the parser.</summary>
    InternalError = 1,

    /// <summary>Memory is short.</summary>
    MemoryAllocationFailed = 2,

    /// <summary>The bytes are no ONNX model.</summary>
    ModelDeserializeFailed = 3,

    /// <summary>A value that cannot be.</summary>
    InvalidValue = 4,

    /// <summary>The graph contradicts itself.</summary>
    InvalidGraph = 5,

    /// <summary>A node contradicts itself.</summary>
    InvalidNode = 6,

    /// <summary>The graph needs something that TensorRT has not.</summary>
    UnsupportedGraph = 7,

    /// <summary>TensorRT has no such operator.</summary>
    UnsupportedNode = 8,

    /// <summary>An attribute of a node cannot be had.</summary>
    UnsupportedNodeAttribute = 9,

    /// <summary>An input of a node cannot be had.</summary>
    UnsupportedNodeInput = 10,

    /// <summary>A node's data type cannot be had.</summary>
    UnsupportedNodeDataType = 11,

    /// <summary>A node cannot have dynamic shapes there.</summary>
    UnsupportedNodeDynamic = 12,

    /// <summary>A node's shape cannot be had.</summary>
    UnsupportedNodeShape = 13,

    /// <summary>Weights could not be replaced.</summary>
    RefitFailed = 14,
}
