using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Execution;

/// <summary>
/// Runs an engine: one run at a time. It begins on profile 0 without shapes and addresses. Streams and events are CUDA's own
/// handles (CUstream and cudaStream_t are the same), addresses are device addresses unless a tensor is on the host. The CUDA
/// context of the GPU must be current on the calling thread. Memory that was handed over must stay until the stream has
/// passed the run. Not safe for several threads; make one context a thread. Setting and enqueueing allocate nothing.
/// </summary>
public sealed unsafe partial class TensorRtContext : IDisposable
{
    // TensorRT's kernels load vectors of up to this many bytes from where scratch memory begins.
    private const int MemoryAlignment = 256;

    private readonly BindingState _bindings;
    private readonly ContextMemory _memory;
    private bool _hasMemory;

    internal TensorRtContext(NativeObject native, TensorRtEngine engine, ContextMemory memory)
    {
        Native = native;
        Engine = engine;
        _memory = memory;
        _hasMemory = memory is not ContextMemory.UserManaged;
        _bindings = new BindingState(engine);
    }

    /// <summary>The engine that it runs.</summary>
    public TensorRtEngine Engine { get; }

    /// <summary>The optimization profile in use.</summary>
    public int Profile => _bindings.Profile;

    internal NativeObject Native { get; }

    /// <summary>Switches to a profile; shapes must be set again, addresses stay.</summary>
    /// <param name="profile">The profile's index.</param>
    /// <param name="stream">The stream that the switch is ordered in: that of the next run, or one that it waits for.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such profile.</exception>
    /// <exception cref="TensorRtException">TensorRT refuses.</exception>
    public void SetProfile(int profile, nint stream)
    {
        Engine.CheckProfile(profile);
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(ContextMethods.SetOptimizationProfileAsync);
        if (((delegate* unmanaged[MemberFunction]<nint, int, nint, byte>)call.Function)(call.This, profile, stream) == 0)
            throw new TensorRtException($"Profile {profile} cannot be used.", RecentMessages.Since(mark));
        _bindings.SetProfile(profile);
    }

    /// <summary>Tells the shape of an input for the next runs.</summary>
    /// <exception cref="ArgumentException">There is no such input, or the shape is not within the profile's range.</exception>
    /// <exception cref="TensorRtException">TensorRT refuses the shape.</exception>
    public void SetInputShape(string input, TensorShape shape) => SetInputShape(Engine.Tensor(input), shape);

    /// <inheritdoc cref="SetInputShape(string, TensorShape)"/>
    public void SetInputShape(EngineTensor input, TensorShape shape)
    {
        Require(input);
        _bindings.CheckShape(input, shape);
        if (_bindings.HasShape(input, shape)) return;
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(ContextMethods.SetInputShape);
        if (((delegate* unmanaged[MemberFunction]<nint, nint, TensorShape*, byte>)call.Function)(call.This, input.NativeName, &shape) == 0)
            throw new TensorRtException($"'{input.Name}' cannot be {shape}.", RecentMessages.Since(mark));
        _bindings.SetShape(input, shape);
    }

    /// <summary>Tells where a tensor is; the memory is the caller's and must hold the tensor's largest shape in use.</summary>
    /// <param name="tensor">The tensor's name.</param>
    /// <param name="address">A device address, 256-byte aligned for full speed; of host memory for a tensor on the host.</param>
    /// <exception cref="ArgumentException">There is no such tensor, or the address is 0.</exception>
    /// <exception cref="TensorRtException">TensorRT refuses the address.</exception>
    public void SetTensorAddress(string tensor, nint address) => SetTensorAddress(Engine.Tensor(tensor), address);

    /// <inheritdoc cref="SetTensorAddress(string, nint)"/>
    public void SetTensorAddress(EngineTensor tensor, nint address)
    {
        Require(tensor);
        if (address == 0) throw new ArgumentException($"'{tensor.Name}' cannot be at address 0, also if it is empty.", nameof(address));
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(ContextMethods.SetTensorAddress);
        if (((delegate* unmanaged[MemberFunction]<nint, nint, nint, byte>)call.Function)(call.This, tensor.NativeName, address) == 0)
            throw new TensorRtException($"'{tensor.Name}' cannot be at address 0x{address:x}.", RecentMessages.Since(mark));
        _bindings.SetAddress(tensor, address);
    }

    /// <summary>A tensor's shape with the input shapes set so far; -1 where that does not decide it.</summary>
    /// <exception cref="ArgumentException">There is no such tensor.</exception>
    public TensorShape GetTensorShape(string tensor) => GetTensorShape(Engine.Tensor(tensor));

    /// <inheritdoc cref="GetTensorShape(string)"/>
    public TensorShape GetTensorShape(EngineTensor tensor)
    {
        Require(tensor);
        using NativeCall call = Native.Call(ContextMethods.GetTensorShape);
        return call.Shape(tensor.NativeName);
    }

    /// <summary>The most bytes that an output can have with the shapes set, also where its shape depends on values.</summary>
    /// <exception cref="ArgumentException">There is no such tensor.</exception>
    public long GetMaxOutputSize(string output)
    {
        EngineTensor tensor = Engine.Tensor(output);
        using NativeCall call = Native.Call(ContextMethods.GetMaxOutputSize);
        return call.Int64(tensor.NativeName);
    }

    /// <summary>Computes all shapes now instead of at the next run.</summary>
    /// <exception cref="InvalidOperationException">An input has no shape yet.</exception>
    /// <exception cref="TensorRtException">The shapes contradict each other, or a shape input has no values.</exception>
    public void InferShapes()
    {
        _bindings.RequireShapes();
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(ContextMethods.InferShapes);
        int missing = ((delegate* unmanaged[MemberFunction]<nint, int, nint*, int>)call.Function)(call.This, 0, null);
        if (missing != 0) throw new TensorRtException("The shapes cannot be computed.", RecentMessages.Since(mark));
    }

    /// <summary>Bytes of device memory that the shapes set need, which is at most the profile's.</summary>
    /// <exception cref="InvalidOperationException">An input has no shape yet.</exception>
    public long DeviceMemorySizeForShapes()
    {
        _bindings.RequireShapes();
        using NativeCall call = Native.Call(ContextMethods.UpdateDeviceMemorySizeForShapes);
        return call.Int64();
    }

    /// <summary>Gives the context its device memory, which the caller keeps until no run uses it.</summary>
    /// <param name="address">A device address, 256-byte aligned.</param>
    /// <param name="bytes">At least what the engine, profile or shapes need.</param>
    /// <exception cref="InvalidOperationException">The context has memory of its own.</exception>
    /// <exception cref="ArgumentException">The address is 0 while bytes are not, or it is not aligned.</exception>
    public void SetDeviceMemory(nint address, long bytes)
    {
        if (_memory is not ContextMemory.UserManaged) throw new InvalidOperationException($"The context was made with {nameof(ContextMemory)}.{_memory}, which allocates.");
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if ((address == 0 && bytes > 0) || address % MemoryAlignment != 0) throw new ArgumentException($"0x{address:x} is no device address aligned to {MemoryAlignment} bytes.", nameof(address));
        using NativeCall call = Native.Call(ContextMethods.SetDeviceMemoryV2);
        ((delegate* unmanaged[MemberFunction]<nint, nint, long, void>)call.Function)(call.This, address, bytes);
        _hasMemory = true;
    }

    /// <summary>Gives the streams that runs use beside the caller's, <see cref="TensorRtEngine.AuxStreamCount"/> of them; non-blocking ones.</summary>
    public void SetAuxStreams(ReadOnlySpan<nint> streams)
    {
        using NativeCall call = Native.Call(ContextMethods.SetAuxStreams);
        fixed (nint* first = streams)
            ((delegate* unmanaged[MemberFunction]<nint, nint*, int, void>)call.Function)(call.This, first, streams.Length);
    }

    /// <summary>Whether an enqueue now can be captured in a graph. TensorRT-RTX 1.5 and later answer; of TensorRT see its documentation.</summary>
    /// <exception cref="NotSupportedException">The loaded version cannot say.</exception>
    public bool IsStreamCapturable(nint stream)
    {
        using NativeCall call = Native.Call(ContextMethods.IsStreamCapturable);
        return call.Test(stream);
    }

    /// <summary>Enqueues one run in a stream and returns. After a change of profile or shapes the first run does more work.</summary>
    /// <param name="stream">A CUDA stream, not the default one, which would make every run wait.</param>
    /// <exception cref="InvalidOperationException">An input has no shape, a tensor no address, or the context no memory.</exception>
    /// <exception cref="TensorRtException">TensorRT refuses the run. Errors of kernels show when the stream is waited for.</exception>
    public void Enqueue(nint stream)
    {
        _bindings.RequireComplete();
        if (!_hasMemory) throw new InvalidOperationException($"The context has no device memory: call {nameof(SetDeviceMemory)}.");
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(ContextMethods.EnqueueV3);
        if (!call.Test(stream)) throw new TensorRtException("The run was refused.", RecentMessages.Since(mark));
    }

    /// <inheritdoc/>
    public void Dispose() => Native.Dispose();

    private void Require(EngineTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Index >= Engine.Tensors.Count || !ReferenceEquals(Engine.Tensors[tensor.Index], tensor))
            throw new ArgumentException($"'{tensor.Name}' is a tensor of another engine.", nameof(tensor));
    }
}
