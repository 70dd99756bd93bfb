using System.Security.Cryptography;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>A picture as it came, checked but not decoded.</summary>
public sealed class EncodedImage
{
    internal EncodedImage(ReadOnlyMemory<byte> bytes, ImageHeader header, byte[] md5, byte[] sha256) => (Bytes, Header, Md5, Sha256) = (bytes, header, md5, sha256);

    /// <summary>The file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>16 bytes.</summary>
    public ReadOnlyMemory<byte> Md5 { get; }

    /// <summary>32 bytes.</summary>
    public ReadOnlyMemory<byte> Sha256 { get; }

    /// <summary>Pixels, upright.</summary>
    public int Width => (int)Header.UprightWidth;

    /// <summary>Pixels, upright.</summary>
    public int Height => (int)Header.UprightHeight;

    /// <summary>What the picture says of itself.</summary>
    internal ImageHeader Header { get; }

    /// <summary>Hashes and checks a file.</summary>
    /// <exception cref="Errors.RequestException">The picture is refused; the message says why.</exception>
    public static EncodedImage Create(ReadOnlyMemory<byte> bytes, ImagePreparation preparation)
    {
        ArgumentNullException.ThrowIfNull(preparation);
        ImageHeader header = preparation.Check(bytes.Span);
        // MD5 is the index that clients speak; nothing is decided by it.
#pragma warning disable CA5351 // not used for security: SHA-256 decides
        byte[] md5 = MD5.HashData(bytes.Span);
#pragma warning restore CA5351 // end of the index
        return new EncodedImage(bytes, header, md5, SHA256.HashData(bytes.Span));
    }
}
