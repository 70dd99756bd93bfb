using System.Security.Cryptography;
using QwenVl.Protos.V1;

namespace QwenVl.Server.Streaming;

/// <summary>The beginning of a picture's features as a client says it holds it.</summary>
/// <param name="Bytes">How much; anything that cannot be is nothing.</param>
/// <param name="Sha256">Of these bytes.</param>
internal readonly record struct HeldFeatures(long Bytes, ReadOnlyMemory<byte> Sha256)
{
    /// <summary>What a question says; nothing where several pictures make it unclear whose features are meant.</summary>
    public static HeldFeatures From(Ask ask, int pictures) => pictures == 1 ? new HeldFeatures(ask.FeaturesFrom, ask.FeaturesSha256.Memory) : default;

    /// <summary>How many bytes of a payload the client holds: all that it named where they are the same, else none.</summary>
    public int Of(ReadOnlySpan<byte> payload)
    {
        if (Bytes <= 0 || Bytes > payload.Length || Sha256.Length != SHA256.HashSizeInBytes) return 0;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload[..(int)Bytes], hash);
        return hash.SequenceEqual(Sha256.Span) ? (int)Bytes : 0;
    }
}
