using System.IO.MemoryMappedFiles;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Callbacks;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Execution;

/// <summary>
/// Loads plans. Engines keep it alive. Loading needs the CUDA context of the GPU current on the calling thread. Only load
/// plans that you trust: a plan is a program. Not safe for several threads at once.
/// </summary>
public sealed unsafe class TensorRtRuntime : IDisposable
{
    internal TensorRtRuntime(NativeObject native) => Native = native;

    /// <summary>
    /// Whether plans may bring code for the host, which version-compatible plans do. False by default; allow it for plans that
    /// you trust as you trust a program.
    /// </summary>
    public bool EngineHostCodeAllowed
    {
        get
        {
            using NativeCall call = Native.Call(RuntimeMethods.GetEngineHostCodeAllowed);
            return call.Test();
        }

        set
        {
            using NativeCall call = Native.Call(RuntimeMethods.SetEngineHostCodeAllowed);
            call.Invoke(value);
        }
    }

    /// <summary>The most threads that loading may use; 1 by default.</summary>
    /// <exception cref="TensorRtException">TensorRT refuses the number.</exception>
    public int MaxThreads
    {
        get
        {
            using NativeCall call = Native.Call(RuntimeMethods.GetMaxThreads);
            return call.Int32();
        }

        set
        {
            long mark = RecentMessages.Mark;
            using NativeCall call = Native.Call(RuntimeMethods.SetMaxThreads);
            if (!call.Test(value)) throw new TensorRtException($"{value} is no number of threads.", RecentMessages.Since(mark));
        }
    }

    internal NativeObject Native { get; }

    /// <summary>Loads a plan from memory, which can be reused afterwards. The caller disposes the engine.</summary>
    /// <exception cref="TensorRtException">The bytes are no plan for this library and GPU; the message says what TensorRT said.</exception>
    public TensorRtEngine Load(ReadOnlySpan<byte> plan)
    {
        fixed (byte* first = plan) return Load((nint)first, plan.Length);
    }

    /// <summary>Loads a plan from memory of any size, for example a mapped file.</summary>
    /// <param name="plan">The first byte, in host memory; read until this returns.</param>
    /// <param name="bytes">How many bytes.</param>
    /// <exception cref="TensorRtException">The bytes are no plan for this library and GPU; the message says what TensorRT said.</exception>
    public TensorRtEngine Load(nint plan, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var beginning = new ReadOnlySpan<byte>((void*)plan, (int)Math.Min(bytes, PlanHeader.Bytes));
        PlanHeader.Check(beginning, bytes, Native.Abi.Version);
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(RuntimeMethods.DeserializeCudaEngine);
        return Loaded(((delegate* unmanaged[MemberFunction]<nint, nint, nuint, nint>)call.Function)(call.This, plan, (nuint)bytes), PlanHeader.Read(beginning), mark);
    }

    /// <summary>Loads a plan that was just built.</summary>
    /// <exception cref="TensorRtException">The plan is not for this library and GPU; the message says what TensorRT said.</exception>
    public TensorRtEngine Load(HostMemory plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using NativeCall data = plan.Native.Call(HostMemoryMethods.Data);
        return Load(data.Pointer(), plan.Length);
    }

    /// <summary>Maps a file and loads the plan in it, so that its bytes are in memory once.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="TensorRtException">The file is no plan for this library and GPU; the message says what TensorRT said.</exception>
    public TensorRtEngine LoadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no plan {path}.", path);
        long length = new FileInfo(path).Length;
        // An empty file cannot be mapped.
        if (length == 0) return Load([]);
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using MemoryMappedViewAccessor view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* first = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        try
        {
            return Load((nint)first, length);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>
    /// Loads a plan from where a seekable stream stands, in pieces: weights go to the device without a copy of all of them in
    /// host memory. TensorRT before 10.7 cannot; then it is read into memory first.
    /// </summary>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="TensorRtException">The stream holds no plan for this library and GPU; the message says what TensorRT said.</exception>
    public TensorRtEngine Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek) throw new ArgumentException("A plan is read back and forth: the stream must seek.", nameof(stream));
        long start = stream.Position;
        long length = stream.Length - start;
        byte[] beginning = new byte[(int)Math.Min(length, PlanHeader.Bytes)];
        stream.ReadExactly(beginning);
        PlanHeader.Check(beginning, length, Native.Abi.Version);
        stream.Position = start;
        return Native.Abi.Has(RuntimeMethods.DeserializeCudaEngineV2) ? Stream(stream, PlanHeader.Read(beginning)) : Copy(stream, length);
    }

    /// <inheritdoc/>
    public void Dispose() => Native.Dispose();

    private TensorRtEngine Stream(Stream stream, PlanHeader? header)
    {
        var reader = new NativeStreamReader(stream, DriverMemory.OfThisMachine());
        using CallbackObject native = reader.Native;
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(RuntimeMethods.DeserializeCudaEngineV2);
        nint engine = call.Pointer(native.DangerousGetHandle());
        if (reader.Error is Exception error && !NativeObject.IsObject(engine)) ExceptionDispatchInfo.Throw(error);
        return Loaded(engine, header, mark);
    }

    private TensorRtEngine Copy(Stream stream, long length)
    {
        var memory = (byte*)NativeMemory.Alloc((nuint)length);
        try
        {
            using var target = new UnmanagedMemoryStream(memory, length, length, FileAccess.Write);
            stream.CopyTo(target);
            return Load((nint)memory, length);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private TensorRtEngine Loaded(nint engine, PlanHeader? header, long mark)
    {
        if (NativeObject.IsObject(engine)) return new TensorRtEngine(NativeObject.Create(engine, Native.Abi, Native));
        string built = header is PlanHeader known && known.Version != Native.Abi.Version ? $" It was built by {known.Version}; the loaded library is {Native.Abi.Version}." : "";
        throw new TensorRtException($"The plan cannot be loaded.{built}", RecentMessages.Since(mark));
    }
}
