using System.Runtime.InteropServices;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Callbacks;

namespace QwenVl.TensorRt.Native;

/// <summary>The exports of libnvinfer or libtensorrt_rtx. A library is never unloaded: it keeps threads and the logger.</summary>
internal sealed unsafe class InferenceLibrary
{
    private readonly nint _handle;

    private InferenceLibrary(string path, nint handle, TensorRtAbi abi)
    {
        Path = path;
        _handle = handle;
        Abi = abi;
    }

    public string Path { get; }

    public TensorRtAbi Abi { get; }

    /// <summary>Loads a library and asks its version.</summary>
    /// <exception cref="DllNotFoundException">It cannot be loaded.</exception>
    /// <exception cref="EntryPointNotFoundException">It is another library.</exception>
    /// <exception cref="NotSupportedException">Its version is not known.</exception>
    public static InferenceLibrary Load(string path)
    {
        nint handle = NativeLibrary.Load(path);
        int number = ((delegate* unmanaged<int>)NativeLibrary.GetExport(handle, "getInferLibVersion"))();
        return new InferenceLibrary(path, handle, TensorRtAbi.For(TensorRtVersion.FromNumber(number)));
    }

    public nint CreateRuntime() => Create("createInferRuntime_INTERNAL");

    /// <exception cref="NotSupportedException">The library is for running only.</exception>
    public nint CreateBuilder() => NativeLibrary.TryGetExport(_handle, "createInferBuilder_INTERNAL", out _)
        ? Create("createInferBuilder_INTERNAL")
        : throw new NotSupportedException($"{Path} runs plans and cannot build them.");

    private nint Create(string export) =>
        ((delegate* unmanaged<nint, int, nint>)NativeLibrary.GetExport(_handle, export))(NativeLogger.For(Abi), Abi.Version.Number);
}
