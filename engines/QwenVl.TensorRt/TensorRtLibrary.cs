using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Execution;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Native;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt;

/// <summary>
/// An installed TensorRT, loaded into the process for as long as that lives. Safe for any thread; builders and runtimes that
/// it makes are not.
/// </summary>
public sealed class TensorRtLibrary
{
    private readonly InferenceLibrary _inference;
    private readonly ParserLibrary? _parser;
    private readonly string _parserReason;

    private TensorRtLibrary(InferenceLibrary inference, ParserLibrary? parser, string parserReason)
    {
        _inference = inference;
        _parser = parser;
        _parserReason = parserReason;
        Location = new TensorRtLocation(inference.Path, parser?.Path);
    }

    /// <summary>Product and version that the library reports.</summary>
    public TensorRtVersion Version => _inference.Abi.Version;

    /// <summary>The files in use.</summary>
    public TensorRtLocation Location { get; }

    /// <summary>Whether ONNX can be parsed: false in an installation for running only.</summary>
    public bool HasOnnxParser => _parser is not null;

    internal TensorRtAbi Abi => _inference.Abi;

    /// <summary>Finds TensorRT and loads it. Needs no GPU.</summary>
    /// <param name="options">Where to look and who hears the log; by default the usual places and nobody.</param>
    /// <exception cref="TensorRtNotFoundException">Nothing usable was found; the message lists what was tried.</exception>
    /// <exception cref="NotSupportedException">The given parser is of another generation than the library.</exception>
    public static TensorRtLibrary Load(TensorRtOptions? options = null) => Load(options ?? new TensorRtOptions(), SearchSystem.Current);

    /// <summary>Makes a builder. TensorRT needs a usable GPU and its builder resources for it; TensorRT-RTX needs neither.</summary>
    /// <exception cref="TensorRtException">TensorRT made none; the message says what TensorRT said.</exception>
    /// <exception cref="NotSupportedException">The library can only run plans.</exception>
    public TensorRtBuilder CreateBuilder()
    {
        if (!Abi.IsRtx) RequireBuilding();
        long mark = RecentMessages.Mark;
        nint pointer = _inference.CreateBuilder();
        if (!NativeObject.IsObject(pointer)) throw new TensorRtException($"{Version} makes no builder.", RecentMessages.Since(mark));
        return new TensorRtBuilder(NativeObject.Create(pointer, Abi), this);
    }

    /// <summary>Makes a runtime, which loads plans. TensorRT needs a usable CUDA driver for it; TensorRT-RTX first for loading.</summary>
    /// <exception cref="TensorRtException">TensorRT made none; the message says what TensorRT said.</exception>
    public TensorRtRuntime CreateRuntime()
    {
        long mark = RecentMessages.Mark;
        nint pointer = _inference.CreateRuntime();
        if (!NativeObject.IsObject(pointer))
            throw new TensorRtException($"{Version} makes no runtime: there is no usable CUDA driver or no supported GPU.", RecentMessages.Since(mark));
        return new TensorRtRuntime(NativeObject.Create(pointer, Abi));
    }

    internal static TensorRtLibrary Load(TensorRtOptions options, SearchSystem system)
    {
        if (options.Logger is not null) TensorRtLog.Keep(options.Logger);
        InferenceLibrary inference = LibraryLoader.LoadInference(options, system);
        ParserLibrary? parser = LibraryLoader.LoadParser(options, inference, out string reason);
        return new TensorRtLibrary(inference, parser, reason);
    }

    /// <summary>
    /// What a builder of TensorRT needs. Where it is missing, some versions (seen with 10.6 without a driver) throw through
    /// their own exported function, which ends the process; a runtime fails properly, so it is asked first.
    /// </summary>
    private void RequireBuilding()
    {
        if (!BuilderResources.Exist(_inference.Path, SearchSystem.Current))
            throw new TensorRtException($"{Version} makes no builder: its builder resource library ({BuilderResources.Pattern}) is not beside {_inference.Path}. This installation only runs plans.");
        CreateRuntime().Dispose();
    }

    internal ParserLibrary RequireParser() =>
        _parser ?? throw new TensorRtNotFoundException($"{Version} at {_inference.Path} comes without its ONNX parser {LibraryNames.ParserOf(Version)}, which building from ONNX needs ({_parserReason}).");
}
