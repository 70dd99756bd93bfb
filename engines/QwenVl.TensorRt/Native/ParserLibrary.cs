using System.Runtime.InteropServices;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Callbacks;

namespace QwenVl.TensorRt.Native;

/// <summary>The export of the ONNX parser's library, which calls the network through slots that must be those of the inference library.</summary>
internal sealed unsafe class ParserLibrary
{
    // Parsers of the eleventh generation count from 200; headers of 11.0 and 11.1 still said 100.
    private const int LeastOfGeneration11 = 200;
    private const int LastMinorOfOldNumber = 1;

    private readonly nint _handle;
    private readonly TensorRtAbi _abi;

    private ParserLibrary(string path, nint handle, int version, TensorRtAbi abi)
    {
        Path = path;
        Version = version;
        _handle = handle;
        _abi = abi;
    }

    public string Path { get; }

    /// <summary>The parser's own number: major * 10000 + minor * 100 + patch.</summary>
    public int Version { get; }

    /// <exception cref="DllNotFoundException">It cannot be loaded.</exception>
    /// <exception cref="EntryPointNotFoundException">It is another library.</exception>
    /// <exception cref="NotSupportedException">It is of another generation than the inference library.</exception>
    public static ParserLibrary Load(string path, TensorRtAbi abi)
    {
        nint handle = NativeLibrary.Load(path);
        int version = ((delegate* unmanaged<int>)NativeLibrary.GetExport(handle, "getNvOnnxParserVersion"))();
        Check(path, version, abi);
        return new ParserLibrary(path, handle, version, abi);
    }

    public static void Check(string path, int version, TensorRtAbi abi)
    {
        bool newParser = version >= LeastOfGeneration11;
        bool mayBeOld = !abi.IsGeneration11 || (abi.Column is AbiColumn.TensorRt11 && abi.Version.Minor <= LastMinorOfOldNumber);
        bool fits = newParser ? abi.IsGeneration11 : mayBeOld;
        bool productFits = System.IO.Path.GetFileName(path).Contains("rtx", StringComparison.OrdinalIgnoreCase) == abi.IsRtx;
        if (!fits || !productFits)
            throw new NotSupportedException($"The ONNX parser {path} (number {version}) does not belong to {abi.Version}: both must come from one package.");
    }

    public nint CreateParser(nint network) =>
        ((delegate* unmanaged<nint, nint, int, nint>)NativeLibrary.GetExport(_handle, "createNvOnnxParser_INTERNAL"))(network, NativeLogger.For(_abi), Version);
}
