using System.Collections.Concurrent;

namespace QwenVl.Model.Vision.Resampling;

/// <summary>Keeps the weights of the sizes seen last, up to a number of bytes. Safe for concurrent use.</summary>
internal sealed class ResamplingWeightCache(long capacityBytes)
{
    private const long SharedBytes = 8 << 20;
    private readonly ConcurrentDictionary<(int From, int To), ResamplingWeights> _weights = new();
    private long _bytes;

    /// <summary>What all pictures of this process share.</summary>
    public static ResamplingWeightCache Shared { get; } = new(SharedBytes);

    /// <summary>Bytes held.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The weights from one size to another, computed when they are not held.</summary>
    public ResamplingWeights Get(int from, int to)
    {
        if (_weights.TryGetValue((from, to), out ResamplingWeights? held)) return held;
        ResamplingWeights weights = ResamplingWeights.Bicubic(from, to);
        if (weights.Bytes > capacityBytes) return weights;
        // Cameras have few sizes; where pictures have many, starting over bounds the memory and costs microseconds a picture.
        if (Interlocked.Add(ref _bytes, weights.Bytes) > capacityBytes) Clear();
        if (!_weights.TryAdd((from, to), weights)) Interlocked.Add(ref _bytes, -weights.Bytes);
        return weights;
    }

    private void Clear()
    {
        foreach ((int From, int To) key in _weights.Keys)
        {
            if (_weights.TryRemove(key, out ResamplingWeights? removed)) Interlocked.Add(ref _bytes, -removed.Bytes);
        }
    }
}
