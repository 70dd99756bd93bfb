namespace QwenVl.TensorRt.Abi;

/// <summary>
/// Where a method lies in its vtable differs by product and version. Inside a column tables only ever grow at the end.
/// TensorRT-RTX broke its interface between 1.4 and 1.5 under one file name, so a column is chosen by the reported version.
/// </summary>
internal enum AbiColumn
{
    /// <summary>TensorRT 10.0 and later of that major.</summary>
    TensorRt10,

    /// <summary>TensorRT 11.</summary>
    TensorRt11,

    /// <summary>TensorRT-RTX 1.3 and 1.4: the interface of the tenth major with methods cut out.</summary>
    Rtx13,

    /// <summary>TensorRT-RTX 1.5 to 1.7: the interface of the eleventh major, likewise.</summary>
    Rtx15,
}
