namespace QwenVl.TensorRt.Abi;

/// <summary>One virtual method: its slot in each column, -1 where the column has none, and since when it is there.</summary>
/// <param name="Name">Interface and method as NVIDIA names them, for messages.</param>
/// <param name="TensorRt10">Slot in TensorRT 10.</param>
/// <param name="TensorRt11">Slot in TensorRT 11.</param>
/// <param name="Rtx13">Slot in TensorRT-RTX 1.3 and 1.4.</param>
/// <param name="Rtx15">Slot in TensorRT-RTX 1.5 to 1.7.</param>
internal readonly record struct Method(string Name, int TensorRt10, int TensorRt11, int Rtx13, int Rtx15)
{
    /// <summary>The first minor of TensorRT 10 that has the method: calling an absent slot would jump into the void.</summary>
    public int SinceMinor10 { get; init; }

    /// <summary>The first minor of TensorRT 11 that has the method.</summary>
    public int SinceMinor11 { get; init; }

    /// <summary>The first minor of TensorRT-RTX 1 that has the method.</summary>
    public int SinceMinorRtx { get; init; }

    /// <summary>The slot in 10.8.0, whose table alone has one network method in the middle that every other version has at the end.</summary>
    public int? TensorRt1080 { get; init; }

    public int this[AbiColumn column] => column switch
    {
        AbiColumn.TensorRt10 => TensorRt10,
        AbiColumn.TensorRt11 => TensorRt11,
        AbiColumn.Rtx13 => Rtx13,
        AbiColumn.Rtx15 => Rtx15,
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "There are four columns."),
    };
}
