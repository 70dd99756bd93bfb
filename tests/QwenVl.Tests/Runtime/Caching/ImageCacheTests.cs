using System.Security.Cryptography;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Tests.Runtime.Caching;

public sealed class ImageCacheTests : IDisposable
{
    private static readonly Tenant A = new("a");
    private readonly TestMetrics _metrics = new();

    [Fact]
    public void The_two_files_of_the_collision_differ_and_share_length_and_md5()
    {
        Assert.Equal(CollidingPictures.One.Length, CollidingPictures.Other.Length);
        Assert.NotEqual(CollidingPictures.One, CollidingPictures.Other);
        Assert.Equal(Md5(CollidingPictures.One), Md5(CollidingPictures.Other));
    }

    [Fact]
    public void Md5_collision_pair_does_not_hit()
    {
        var cache = new ImageCache(1 << 20, _metrics.Runtime);
        cache.Add(A, Image(CollidingPictures.One)).Dispose();
        Assert.Equal(Key(A, CollidingPictures.One).GetHashCode(), Key(A, CollidingPictures.Other).GetHashCode());
        Assert.Null(cache.TryRead(Key(A, CollidingPictures.Other)));

        cache.Add(A, Image(CollidingPictures.Other)).Dispose();
        foreach (byte[] file in (byte[][])[CollidingPictures.One, CollidingPictures.Other])
        {
            using CacheLease<EncodedImage>? held = cache.TryRead(Key(A, file));
            Assert.Equal(file, held!.Value.Bytes.ToArray());
        }
    }

    [Fact]
    public void A_wrong_length_digest_or_tenant_is_a_miss()
    {
        byte[] file = CollidingPictures.One;
        var cache = new ImageCache(1 << 20, _metrics.Runtime);
        cache.Add(A, Image(file)).Dispose();
        Assert.True(cache.Contains(Key(A, file)));
        Assert.False(cache.Contains(Key(new Tenant("b"), file)));
        Assert.False(cache.Contains(new ImageKey(A, Md5(file), SHA256.HashData(file), file.Length + 1)));
        Assert.False(cache.Contains(new ImageKey(A, Md5(file), new byte[32], file.Length)));
        Assert.False(cache.Contains(new ImageKey(A, new byte[16], SHA256.HashData(file), file.Length)));
        Assert.Throws<ArgumentException>(() => new ImageKey(A, [1], SHA256.HashData(file), file.Length));
        Assert.Throws<ArgumentException>(() => new ImageKey(A, Md5(file), [1], file.Length));
    }

    public void Dispose() => _metrics.Dispose();

    private static ImageKey Key(Tenant tenant, byte[] file) => new(tenant, Md5(file), SHA256.HashData(file), file.Length);

    private static EncodedImage Image(byte[] file) => new(file, new ImageHeader(ImageFormat.Jpeg, 1, 1, HasAlpha: false), Md5(file), SHA256.HashData(file));

#pragma warning disable CA5351 // the protocol's index, not a protection
    private static byte[] Md5(byte[] file) => MD5.HashData(file);
#pragma warning restore CA5351 // end of the index
}
