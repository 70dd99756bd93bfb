using System.Security.Cryptography;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Checking;

/// <summary>Follows one picture's features: header first, chunks in order and undamaged, complete at the end.</summary>
/// <param name="asked">The type that was asked for.</param>
/// <param name="sha256">Of the file that was sent.</param>
/// <param name="bytes">Of the file that was sent.</param>
internal sealed class FeatureCheck(FeatureType asked, byte[] sha256, long bytes) : IDisposable
{
    private const int VisualTokenPatches = 4;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The header; null before it came.</summary>
    public FeatureHeader? Header { get; private set; }

    /// <summary>Bytes that came.</summary>
    public long Received { get; private set; }

    /// <summary>Whether all bytes came.</summary>
    public bool IsComplete => Header is { } header && Received == header.TotalBytes;

    /// <summary>Takes the header in.</summary>
    public IEnumerable<Violation> Take(FeatureHeader header)
    {
        bool fits = Header is null
            && header.Type == asked
            && header.ImageBytes == bytes
            && header.ImageSha256.Span.SequenceEqual(sha256)
            && header.Tokens == header.GridHeight * header.GridWidth / VisualTokenPatches
            && header is { StripeRows: >= 1, Tokens: >= 1, Width: >= 1 }
            && header.TotalBytes == new FeatureLayout((FeatureEncoding)(int)header.Type, header.Tokens, header.Width, header.Taps.Count, header.StripeRows).TotalBytes;
        Header ??= header;
        return fits ? [] : [Violation.FeatureHeader];
    }

    /// <summary>Takes a chunk in.</summary>
    public IEnumerable<Violation> Take(FeatureChunk chunk)
    {
        bool inOrder = Header is { } header && chunk.Offset == Received && chunk.Data.Length > 0 && Received + chunk.Data.Length <= header.TotalBytes;
        bool isWhole = Crc32C.Compute(chunk.Data.Span) == chunk.Crc32C;
        _hash.AppendData(chunk.Data.Span);
        Received = chunk.Offset + chunk.Data.Length;
        if (!inOrder) yield return Violation.FeatureOrder;
        if (!isWhole) yield return Violation.FeatureChecksum;
    }

    /// <summary>The digest of all bytes, once complete.</summary>
    public string Digest() => Convert.ToHexString(_hash.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
