using System.Buffers.Binary;

namespace QwenVl.Model.Features;

/// <summary>The checksum of a message of tokens: a damaged id is a valid one, so nothing else would tell.</summary>
public static class TokensChecksum
{
    private const int MostOnStack = 256;

    /// <summary>CRC-32C of the first index and the ids, each as four bytes, little-endian.</summary>
    public static uint Compute(int firstIndex, IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        int length = sizeof(int) * (1 + ids.Count);
        Span<byte> bytes = length <= MostOnStack ? stackalloc byte[MostOnStack] : new byte[length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, firstIndex);
        for (int i = 0; i < ids.Count; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes[(sizeof(int) * (1 + i))..], ids[i]);
        return Crc32C.Compute(bytes[..length]);
    }
}
