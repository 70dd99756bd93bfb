using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Telemetry;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Caching;

/// <summary>
/// Keeps encoded pictures, so that a client uploads one once however many streams it opens, and so that a later question
/// can want another grid or tower. Safe for concurrent use.
/// </summary>
/// <param name="capacityBytes">The most bytes held.</param>
/// <param name="metrics">Where lookups are counted.</param>
public sealed class ImageCache(long capacityBytes, RuntimeMetrics metrics)
{
    private const string Tier = "upload";
    private readonly TenantLru<ImageKey, EncodedImage> _held = new(capacityBytes, metrics.ImageCache);

    /// <summary>Bytes held.</summary>
    public long Bytes => _held.Bytes;

    /// <summary>Bytes of pictures that are used by streams and no longer held.</summary>
    public long EvictedBytes => _held.EvictedBytes;

    /// <summary>A hold on the picture that a client names; null where it must be uploaded.</summary>
    public CacheLease<EncodedImage>? TryRead(ImageKey key)
    {
        CacheLease<EncodedImage>? lease = _held.TryRead(key);
        metrics.ImageCache.LookedUp(Tier, lease is null ? "miss" : "hit");
        return lease;
    }

    /// <summary>Whether a picture is held. It counts as used: who asks is about to open a stream for it.</summary>
    public bool Contains(ImageKey key)
    {
        using CacheLease<EncodedImage>? lease = _held.TryRead(key);
        return lease is not null;
    }

    /// <summary>Keeps a picture whose digests have been computed from its bytes.</summary>
    public CacheLease<EncodedImage> Add(Tenant tenant, EncodedImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return _held.Add(ImageKey.Of(tenant, image), image, image.Bytes.Length);
    }
}
