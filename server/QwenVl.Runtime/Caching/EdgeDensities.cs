namespace QwenVl.Runtime.Caching;

/// <summary>
/// How densely edges lie in pictures that were measured before, so that a picture whose features are cached is not decoded to learn
/// which features these are. The oldest measurement makes room. Safe for concurrent use.
/// </summary>
/// <param name="capacity">Pictures kept, at least 1; each takes about 200 bytes.</param>
internal sealed class EdgeDensities(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ImageKey, float> _values = [];
    private readonly Queue<ImageKey> _oldest = [];

    /// <summary>A picture's density; null where it is not known to its tenant.</summary>
    public float? Find(ImageKey key)
    {
        lock (_lock) return _values.TryGetValue(key, out float value) ? value : null;
    }

    /// <summary>Keeps a picture's density.</summary>
    public void Add(ImageKey key, float density)
    {
        lock (_lock)
        {
            if (!_values.TryAdd(key, density)) return;
            _oldest.Enqueue(key);
            if (_oldest.Count > capacity) _values.Remove(_oldest.Dequeue());
        }
    }
}
