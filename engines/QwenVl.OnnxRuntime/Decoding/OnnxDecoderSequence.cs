using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;

namespace QwenVl.OnnxRuntime.Decoding;

/// <summary>A key-value cache in native memory; the operating system backs it with pages as tokens arrive.</summary>
internal sealed class OnnxDecoderSequence : IDecoderSequence
{
    private readonly OrtValue[] _cache;
    private BoundStep? _token;
    private BoundStep? _chunk;
    private bool _disposed;

    public OnnxDecoderSequence(OnnxTextDecoder owner, TextConfig text, TensorElementType cacheType, int capacity)
    {
        (Owner, Capacity) = (owner, capacity);
        _cache = new OrtValue[2 * text.Layers];
        try
        {
            for (int i = 0; i < _cache.Length; i++)
                _cache[i] = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, cacheType, [1, text.KeyValueHeads, capacity, text.HeadDim]);
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

    /// <summary>What runs so many tokens: kept for single tokens, and for chunks until another length or picture comes.</summary>
    /// <param name="tokens">Tokens of the step.</param>
    /// <param name="visual">The pictures that it looks into; null where it looks into none.</param>
    public BoundStep Bind(int tokens, VisualRows? visual)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (tokens == 1 && visual is null)
        {
            // Prompts are over: what their chunks are bound to, pictures among it, need not be held for the answer's time.
            _chunk?.Dispose();
            _chunk = null;
            return _token ??= Owner.Bind(this, 1, null);
        }

        if (_chunk is { } chunk && chunk.Fits(tokens, visual)) return chunk;
        _chunk?.Dispose();
        _chunk = null;
        return _chunk = Owner.Bind(this, tokens, visual);
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
        _token?.Dispose();
        _chunk?.Dispose();
        foreach (OrtValue? value in _cache) value?.Dispose();
    }
}
