using System.Buffers.Binary;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Caching;

/// <summary>What a client must know of an encoded picture to be spared its upload: who can name all of it has the picture.</summary>
public sealed record ImageKey : ITenantKey
{
    /// <summary>Bytes of an MD5.</summary>
    public const int Md5Bytes = 16;

    /// <summary>Bytes of a SHA-256.</summary>
    public const int Sha256Bytes = 32;

    private readonly UInt128 _md5;
    private readonly string _sha256;
    private readonly long _length;

    /// <param name="tenant">Whose picture it is.</param>
    /// <param name="md5">16 bytes, of the encoded file: the index.</param>
    /// <param name="sha256">32 bytes, of the encoded file: what decides, with the length.</param>
    /// <param name="length">Bytes of the encoded file.</param>
    /// <exception cref="ArgumentException">A digest has another length.</exception>
    public ImageKey(Tenant tenant, ReadOnlySpan<byte> md5, ReadOnlySpan<byte> sha256, long length)
    {
        if (md5.Length != Md5Bytes) throw new ArgumentException($"An MD5 has {Md5Bytes} bytes, not {md5.Length}.", nameof(md5));
        if (sha256.Length != Sha256Bytes) throw new ArgumentException($"A SHA-256 has {Sha256Bytes} bytes, not {sha256.Length}.", nameof(sha256));
        (Tenant, _md5, _sha256, _length) = (tenant, BinaryPrimitives.ReadUInt128BigEndian(md5), Convert.ToHexStringLower(sha256), length);
    }

    /// <inheritdoc/>
    public Tenant Tenant { get; }

    /// <summary>The key of a picture whose digests have been computed from its bytes.</summary>
    public static ImageKey Of(Tenant tenant, EncodedImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new ImageKey(tenant, image.Md5.Span, image.Sha256.Span, image.Bytes.Length);
    }

    /// <summary>By MD5 alone: pictures that share one meet in one bucket, and equality tells them apart.</summary>
    public override int GetHashCode() => _md5.GetHashCode();

    /// <summary>Whether all of it is equal.</summary>
    public bool Equals(ImageKey? other) => other is not null && _md5 == other._md5 && _length == other._length && _sha256 == other._sha256 && Tenant == other.Tenant;
}
