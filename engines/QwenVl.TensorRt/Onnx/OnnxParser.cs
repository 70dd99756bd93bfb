using System.Runtime.InteropServices;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Callbacks;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Native;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Onnx;

/// <summary>
/// Fills one network from one ONNX model. The weights that it maps or is given stay until the network is freed, also when the
/// parser was disposed before the build. A network whose model was refused is of no further use. Not safe for several threads.
/// </summary>
public sealed unsafe class OnnxParser : IDisposable
{
    private readonly NetworkDefinition _network;
    private readonly NativeObject _native;
    private ParserState _state;

    private OnnxParser(NetworkDefinition network, NativeObject native)
    {
        _network = network;
        _native = native;
    }

    /// <summary>Whether the loaded version takes weights by address: TensorRT from 10.13 on and TensorRT-RTX do.</summary>
    public bool TakesInitializers => _native.Abi.Has(ParserMethods.LoadModelProto);

    /// <summary>Whether the parser knows an operator by name; a model can still use it in ways that it does not know.</summary>
    public bool SupportsOperator(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var text = new NativeText(name);
        using NativeCall call = _native.Call(ParserMethods.SupportsOperator);
        return call.Test(text.Pointer);
    }

    /// <summary>Parses a model file. Files of external weights are looked for beside it and mapped.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxParseException">The model was refused.</exception>
    /// <exception cref="InvalidOperationException">The parser has parsed before.</exception>
    public void ParseFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Enter(ParserState.Parsed);
        string full = Path.GetFullPath(path);
        if (!File.Exists(full)) throw new FileNotFoundException($"There is no ONNX model {full}.", full);
        using var text = new NativeText(full);
        long mark = Begin();
        using NativeCall call = _native.Call(ParserMethods.ParseFromFile);
        Check(((delegate* unmanaged[MemberFunction]<nint, nint, int, byte>)call.Function)(call.This, text.Pointer, (int)LogSeverity.Warning) != 0, path, mark);
        RequireOutputs();
    }

    /// <summary>Parses a model in memory, which is copied.</summary>
    /// <param name="model">The bytes of the ONNX file.</param>
    /// <param name="directory">Where files of external weights are; by default the current directory.</param>
    /// <exception cref="OnnxParseException">The model was refused.</exception>
    /// <exception cref="InvalidOperationException">The parser has parsed before.</exception>
    public void Parse(ReadOnlySpan<byte> model, string? directory = null)
    {
        Enter(ParserState.Parsed);
        Load(ParserMethods.Parse, model, directory);
        RequireOutputs();
    }

    /// <summary>
    /// Reads a model in memory without its external weights, which <see cref="LoadInitializer(string, nint, long, SafeHandle)"/>
    /// then gives; <see cref="ParseModelProto"/> ends it. Needs TensorRT 10.13 or TensorRT-RTX.
    /// </summary>
    /// <param name="model">The bytes of the ONNX file, which are copied.</param>
    /// <param name="directory">Where files of external weights that are not given are; by default the current directory.</param>
    /// <exception cref="OnnxParseException">The bytes are no model.</exception>
    /// <exception cref="InvalidOperationException">The parser has parsed before.</exception>
    /// <exception cref="NotSupportedException">The loaded version cannot.</exception>
    public void LoadModelProto(ReadOnlySpan<byte> model, string? directory = null)
    {
        _native.Abi.Slot(ParserMethods.LoadModelProto);
        Enter(ParserState.Loaded);
        Load(ParserMethods.LoadModelProto, model, directory);
    }

    /// <summary>Gives the weights of one initializer by address: nothing is copied.</summary>
    /// <param name="name">The initializer's name.</param>
    /// <param name="address">The first byte, in host memory; of the type and order that the model says.</param>
    /// <param name="bytes">How many bytes; just what type and shape need.</param>
    /// <param name="owner">What keeps the memory, for example a mapped view's handle. It is held until the network is freed.</param>
    /// <exception cref="OnnxParseException">There is no such initializer, or it is of another size.</exception>
    /// <exception cref="InvalidOperationException">No model was loaded.</exception>
    public void LoadInitializer(string name, nint address, long bytes, SafeHandle owner)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfZero(address);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentNullException.ThrowIfNull(owner);
        if (_state is not ParserState.Loaded) throw new InvalidOperationException($"Weights of {name} come between {nameof(LoadModelProto)} and {nameof(ParseModelProto)}.");
        _network.Native.Retain(owner);
        using var text = new NativeText(name);
        long mark = Begin();
        using NativeCall call = _native.Call(ParserMethods.LoadInitializer);
        Check(((delegate* unmanaged[MemberFunction]<nint, nint, nint, nuint, byte>)call.Function)(call.This, text.Pointer, address, (nuint)bytes) != 0, $"Initializer {name}", mark);
    }

    /// <summary>Gives the weights of one initializer in managed memory, which is pinned until the network is freed.</summary>
    /// <exception cref="OnnxParseException">There is no such initializer, or it is of another size.</exception>
    /// <exception cref="InvalidOperationException">No model was loaded.</exception>
    public void LoadInitializer(string name, ReadOnlyMemory<byte> weights)
    {
        using var pinned = new PinnedMemory(weights);
        LoadInitializer(name, pinned.DangerousGetHandle(), weights.Length, pinned);
    }

    /// <summary>Fills the network from the model and the weights loaded.</summary>
    /// <exception cref="OnnxParseException">The model was refused.</exception>
    /// <exception cref="InvalidOperationException">No model was loaded.</exception>
    public void ParseModelProto()
    {
        if (_state is not ParserState.Loaded) throw new InvalidOperationException($"{nameof(ParseModelProto)} comes after {nameof(LoadModelProto)}.");
        _state = ParserState.Parsed;
        long mark = Begin();
        using NativeCall call = _native.Call(ParserMethods.ParseModelProto);
        Check(call.Test(), "The ONNX model", mark);
        RequireOutputs();
    }

    /// <summary>Ends this reference; the weights stay with the network.</summary>
    public void Dispose() => _native.Dispose();

    internal static OnnxParser Create(NetworkDefinition network, ParserLibrary library)
    {
        long mark = RecentMessages.Mark;
        using NativeCall hold = network.Native.Call(NetworkMethods.GetNbLayers);
        nint parser = library.CreateParser(network.Native.Pointer);
        if (!NativeObject.IsObject(parser)) throw new TensorRtException("No ONNX parser could be made.", RecentMessages.Since(mark));
        network.Native.Own(parser, network.Native.Abi.Slot(ParserMethods.Delete));
        return new OnnxParser(network, NativeObject.BorrowPlain(parser, network.Native.Abi, network.Native));
    }

    private void Enter(ParserState next)
    {
        if (_state is not ParserState.Fresh) throw new InvalidOperationException("A parser parses one model: make another network and parser for the next.");
        _state = next;
    }

    private void Load(in Method method, ReadOnlySpan<byte> model, string? directory)
    {
        // The parser takes what stands before the last slash of a path for the directory.
        string? path = directory is null ? null : Path.GetFullPath(directory).TrimEnd('/') + "/";
        nint text = path is null ? 0 : Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            long mark = Begin();
            using NativeCall call = _native.Call(method);
            fixed (byte* first = model)
                Check(((delegate* unmanaged[MemberFunction]<nint, byte*, nuint, nint, byte>)call.Function)(call.This, first, (nuint)model.Length, text) != 0, "The ONNX model", mark);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private long Begin()
    {
        using NativeCall clear = _native.Call(ParserMethods.ClearErrors);
        clear.Invoke();
        return RecentMessages.Mark;
    }

    /// <summary>Zero bytes, and others too, are a valid message of the format: a model without anything in it.</summary>
    private void RequireOutputs()
    {
        if (_network.Outputs.Count == 0) throw new OnnxParseException("The ONNX model has no outputs.");
    }

    private void Check(bool done, string what, long mark)
    {
        if (!done) throw new OnnxParseException(what, Errors(), RecentMessages.Since(mark));
    }

    private OnnxParseError[] Errors()
    {
        int count;
        using (NativeCall call = _native.Call(ParserMethods.GetNbErrors)) count = call.Int32();
        var errors = new OnnxParseError[Math.Max(0, count)];
        for (int index = 0; index < errors.Length; index++)
        {
            using NativeCall get = _native.Call(ParserMethods.GetError);
            using NativeObject error = NativeObject.BorrowPlain(get.Pointer(index), _native.Abi);
            errors[index] = Read(error);
        }

        return errors;
    }

    private static OnnxParseError Read(NativeObject error)
    {
        using NativeCall code = error.Call(ParserErrorMethods.Code);
        using NativeCall description = error.Call(ParserErrorMethods.Description);
        using NativeCall node = error.Call(ParserErrorMethods.Node);
        using NativeCall name = error.Call(ParserErrorMethods.NodeName);
        using NativeCall operation = error.Call(ParserErrorMethods.NodeOperator);
        int index = node.Int32();
        return new OnnxParseError(
            (OnnxErrorCode)code.Int32(),
            description.Text(),
            index < 0 ? null : index,
            Utf8.TextOrNull((byte*)name.Pointer()),
            Utf8.TextOrNull((byte*)operation.Pointer()));
    }

    private enum ParserState
    {
        Fresh,
        Loaded,
        Parsed,
    }
}
