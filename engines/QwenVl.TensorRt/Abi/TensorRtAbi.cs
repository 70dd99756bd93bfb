namespace QwenVl.TensorRt.Abi;

/// <summary>How to call one loaded version: the column of slots, what its minor lacks, and numbers that differ.</summary>
internal sealed class TensorRtAbi
{
    private const int LeastRtxMinor = 3;
    private const int GenerationBreakOfRtx = 5;
    private const int LastKnownRtxMinor = 7;

    private TensorRtAbi(TensorRtVersion version, AbiColumn column)
    {
        Version = version;
        Column = column;
    }

    public TensorRtVersion Version { get; }

    public AbiColumn Column { get; }

    /// <summary>True from TensorRT 11 and TensorRT-RTX 1.5 on: versioned loggers, strong typing alone, other flag numbers.</summary>
    public bool IsGeneration11 => Column is AbiColumn.TensorRt11 or AbiColumn.Rtx15;

    public bool IsRtx => Version.Product is TensorRtProduct.TensorRtRtx;

    /// <summary>Chooses the column; a version that is not known is refused, for the library checks nothing itself.</summary>
    /// <exception cref="NotSupportedException">No slot table is known for the version.</exception>
    public static TensorRtAbi For(TensorRtVersion version) => version switch
    {
        { Product: TensorRtProduct.TensorRt, Major: 10 } => new TensorRtAbi(version, AbiColumn.TensorRt10),
        { Product: TensorRtProduct.TensorRt, Major: 11 } => new TensorRtAbi(version, AbiColumn.TensorRt11),
        { Product: TensorRtProduct.TensorRtRtx, Major: 1, Minor: >= LeastRtxMinor and < GenerationBreakOfRtx } => new TensorRtAbi(version, AbiColumn.Rtx13),
        // A later minor may move slots again, as 1.5 did, and a wrong slot is a crash.
        { Product: TensorRtProduct.TensorRtRtx, Major: 1, Minor: >= GenerationBreakOfRtx and <= LastKnownRtxMinor } => new TensorRtAbi(version, AbiColumn.Rtx15),
        _ => throw new NotSupportedException($"{version} (number {version.Number}) is not supported: this library knows TensorRT 10 and 11 and TensorRT-RTX 1.{LeastRtxMinor} to 1.{LastKnownRtxMinor}."),
    };

    public bool Has(in Method method) => method[Column] >= 0 && Version.Minor >= SinceMinor(method);

    /// <summary>The slot of a method in the loaded version.</summary>
    /// <exception cref="NotSupportedException">The loaded version has no such method.</exception>
    public int Slot(in Method method)
    {
        if (!Has(method)) throw Missing(method);
        return method.TensorRt1080 is int shifted && Version is { Product: TensorRtProduct.TensorRt, Major: 10, Minor: 8, Patch: 0 } ? shifted : method[Column];
    }

    private int SinceMinor(in Method method) => Column switch
    {
        AbiColumn.TensorRt10 => method.SinceMinor10,
        AbiColumn.TensorRt11 => method.SinceMinor11,
        _ => method.SinceMinorRtx,
    };

    private NotSupportedException Missing(in Method method)
    {
        List<string> needed = [];
        if (method.TensorRt10 >= 0) needed.Add($"TensorRT 10.{method.SinceMinor10}");
        if (method.TensorRt11 >= 0) needed.Add($"TensorRT 11.{method.SinceMinor11}");
        if (method.Rtx13 >= 0) needed.Add($"TensorRT-RTX 1.{Math.Max(LeastRtxMinor, method.SinceMinorRtx)}");
        else if (method.Rtx15 >= 0) needed.Add($"TensorRT-RTX 1.{Math.Max(GenerationBreakOfRtx, method.SinceMinorRtx)}");
        return new NotSupportedException($"{method.Name} needs {string.Join(" or ", needed)}; the loaded library is {Version}.");
    }
}
