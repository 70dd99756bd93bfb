using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;

namespace QwenVl.OnnxRuntime.Decoding;

/// <summary>A key-value cache in native memory; the operating system backs it with pages as tokens arrive.</summary>
internal sealed class OnnxDecoderSequence : IDecoderSequence
{
    private readonly OrtValue[] _cache;
    private bool _disposed;

    public OnnxDecoderSequence(OnnxTextDecoder owner, TextConfig text, int capacity)
    {
        (Owner, Capacity) = (owner, capacity);
        _cache = new OrtValue[2 * text.Layers];
        try
        {
            for (int i = 0; i < _cache.Length; i++)
                _cache[i] = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [1, text.KeyValueHeads, capacity, text.HeadDim]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public OnnxTextDecoder Owner { get; }

    public int Length { get; private set; }

    public int Capacity { get; }

    /// <summary>Keys and values of each layer in turn, [1, key heads, Capacity, head].</summary>
    public IReadOnlyList<OrtValue> Cache
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _cache;
        }
    }

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
        foreach (OrtValue? value in _cache) value?.Dispose();
    }
}
