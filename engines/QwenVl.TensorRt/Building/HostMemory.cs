using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Callbacks;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Building;

/// <summary>
/// Bytes in host memory that TensorRT made: a plan or a timing cache. The caller owns it; it may outlive what it came from.
/// Reading is safe for any thread.
/// </summary>
public sealed unsafe class HostMemory : IDisposable
{
    internal HostMemory(NativeObject native)
    {
        Native = native;
        using NativeCall size = native.Call(HostMemoryMethods.Size);
        Length = size.Int64();
    }

    /// <summary>Bytes; can be more than an array holds.</summary>
    public long Length { get; }

    internal NativeObject Native { get; }

    /// <summary>Writes all bytes to a stream, in chunks.</summary>
    public void CopyTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using NativeCall data = Native.Call(HostMemoryMethods.Data);
        NativeStreamWriter.Copy((byte*)data.Pointer(), Length, stream);
    }

    /// <summary>A copy of all bytes.</summary>
    /// <exception cref="OverflowException">There are more than an array holds.</exception>
    public byte[] ToArray()
    {
        using NativeCall data = Native.Call(HostMemoryMethods.Data);
        return new ReadOnlySpan<byte>((byte*)data.Pointer(), checked((int)Length)).ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => Native.Dispose();
}
