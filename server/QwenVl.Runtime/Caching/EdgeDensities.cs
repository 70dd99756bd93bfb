using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Caching;

/// <summary>
/// How densely edges lie in pictures that were measured before, so that a picture whose features are cached is not decoded to learn
/// which features these are. The oldest measurement makes room. Safe for concurrent use.
/// </summary>
/// <param name="capacity">Pictures kept, at least 1; each takes about 200 bytes.</param>
internal sealed class EdgeDensities(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Tenant, string, int), float> _values = [];
    private readonly Queue<(Tenant, string, int)> _oldest = [];

    /// <summary>A picture's density; null where it is not known to this tenant.</summary>
    public float? Find(Tenant tenant, EncodedImage image)
    {
        lock (_lock) return _values.TryGetValue(KeyOf(tenant, image), out float value) ? value : null;
    }

    /// <summary>Keeps a picture's density.</summary>
    public void Add(Tenant tenant, EncodedImage image, float density)
    {
        lock (_lock)
        {
            (Tenant, string, int) key = KeyOf(tenant, image);
            if (!_values.TryAdd(key, density)) return;
            _oldest.Enqueue(key);
            if (_oldest.Count > capacity) _values.Remove(_oldest.Dequeue());
        }
    }

    private static (Tenant Tenant, string Sha256, int Length) KeyOf(Tenant tenant, EncodedImage image) => (tenant, Convert.ToHexStringLower(image.Sha256.Span), image.Bytes.Length);
}
