using QwenVl.Model.Execution;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>A sequence's slot in the cache.</summary>
internal sealed class TensorRtSequence(TensorRtTextDecoder owner, int slot, int capacity) : IDecoderSequence
{
    private bool _disposed;

    public TensorRtTextDecoder Owner => owner;

    /// <summary>Its number in a batch.</summary>
    public int Slot
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return slot;
        }
    }

    public int Length { get; private set; }

    public int Capacity => capacity;

    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    public void Grow(int tokens) => Length += tokens;

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        owner.Release(slot);
    }
}
