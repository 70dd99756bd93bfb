using System.Buffers;

namespace QwenVl.TensorRt.Cuda;

/// <summary>Page-locked memory as <see cref="Memory{T}"/>; owns nothing.</summary>
internal sealed unsafe class HostMemoryView<T>(CudaPageLockedHostMemory<T> owner) : MemoryManager<T>
    where T : unmanaged
{
    // The base class would read the span for its length, which a disposed owner refuses.
    public override Memory<T> Memory => CreateMemory(owner.Count);

    public override Span<T> GetSpan() => owner.Span;

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, owner.Count);
        return new MemoryHandle(owner.Pin() + elementIndex, pinnable: this);
    }

    public override void Unpin() => owner.Unpin();

    protected override void Dispose(bool disposing)
    {
    }
}
