using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Building;

/// <summary>
/// Timings of kernels, which make the next build on the same GPU faster and choose the same kernels. A configuration that it
/// is set on keeps it alive. Not safe for several threads at once.
/// </summary>
public sealed class TimingCache : IDisposable
{
    internal TimingCache(NativeObject native) => Native = native;

    internal NativeObject Native { get; }

    /// <summary>The cache as bytes, to be kept in a file.</summary>
    /// <exception cref="TensorRtException">TensorRT cannot serialise it.</exception>
    public HostMemory Serialize()
    {
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(TimingCacheMethods.Serialize);
        nint memory = call.Pointer();
        return NativeObject.IsObject(memory)
            ? new HostMemory(NativeObject.Create(memory, Native.Abi))
            : throw new TensorRtException("The timing cache cannot be serialised.", RecentMessages.Since(mark));
    }

    /// <summary>Adds the entries of another cache.</summary>
    /// <param name="other">The other cache, which stays as it is.</param>
    /// <param name="ignoreMismatch">Also takes entries of another GPU or version.</param>
    /// <exception cref="TensorRtException">The caches do not fit together.</exception>
    public unsafe void Add(TimingCache other, bool ignoreMismatch = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        long mark = RecentMessages.Mark;
        using NativeCall reading = other.Native.Call(TimingCacheMethods.Serialize);
        using NativeCall call = Native.Call(TimingCacheMethods.Combine);
        if (((delegate* unmanaged[MemberFunction]<nint, nint, byte, byte>)call.Function)(call.This, other.Native.Pointer, ignoreMismatch ? (byte)1 : (byte)0) == 0)
            throw new TensorRtException("The timing caches do not fit together.", RecentMessages.Since(mark));
    }

    /// <inheritdoc/>
    public void Dispose() => Native.Dispose();
}
