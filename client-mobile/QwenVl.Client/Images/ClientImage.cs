using System.Security.Cryptography;

namespace QwenVl.Client.Images;

/// <summary>
/// An encoded picture (JPEG, PNG, WebP, …) with its hashes. Use one object for several questions: a connection sends its
/// bytes once. Immutable; safe for concurrent use.
/// </summary>
public sealed class ClientImage
{
    private ClientImage(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) throw new QwenVlException(QwenVlErrorCode.ImageUnreadable, "The picture is empty: 0 bytes.");
        Bytes = bytes;
#pragma warning disable CA5351 // MD5 finds, SHA-256 decides: the protocol's index is no security claim
        Md5 = MD5.HashData(bytes.Span);
#pragma warning restore CA5351
        Sha256 = SHA256.HashData(bytes.Span);
    }

    /// <summary>The encoded file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>16 bytes, of the encoded file.</summary>
    public ReadOnlyMemory<byte> Md5 { get; }

    /// <summary>32 bytes, of the encoded file.</summary>
    public ReadOnlyMemory<byte> Sha256 { get; }

    /// <summary>Takes an encoded picture in memory.</summary>
    /// <param name="encoded">The file's bytes; kept, not copied, and not to be changed afterwards.</param>
    /// <exception cref="QwenVlException">It is empty.</exception>
    public static ClientImage FromBytes(ReadOnlyMemory<byte> encoded) => new(encoded);

    /// <summary>Reads an encoded picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="QwenVlException">The file cannot be read or is empty.</exception>
    public static async Task<ClientImage> FromFileAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new ClientImage(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new QwenVlException(QwenVlErrorCode.ImageUnreadable, $"{path} cannot be read: {error.Message}", error);
        }
    }
}
