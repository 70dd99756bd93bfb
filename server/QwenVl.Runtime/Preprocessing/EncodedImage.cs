using System.Security.Cryptography;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>A picture as it came, checked but not decoded.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Md5">16 bytes.</param>
/// <param name="Sha256">32 bytes.</param>
/// <param name="Width">Pixels, upright.</param>
/// <param name="Height">Pixels, upright.</param>
public sealed record EncodedImage(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Md5, ReadOnlyMemory<byte> Sha256, int Width, int Height)
{
    /// <summary>Hashes and checks a file.</summary>
    /// <exception cref="Errors.RequestException">The picture is refused; the message says why.</exception>
    public static EncodedImage Create(ReadOnlyMemory<byte> bytes, ImagePreparation preparation)
    {
        ArgumentNullException.ThrowIfNull(preparation);
        (int width, int height) = preparation.Check(bytes.Span);
        // MD5 is the index that clients speak; nothing is decided by it.
#pragma warning disable CA5351 // not used for security: SHA-256 decides
        byte[] md5 = MD5.HashData(bytes.Span);
#pragma warning restore CA5351 // end of the index
        return new EncodedImage(bytes, md5, SHA256.HashData(bytes.Span), width, height);
    }
}
