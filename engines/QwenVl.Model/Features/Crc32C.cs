using System.Buffers.Binary;
using System.Numerics;

namespace QwenVl.Model.Features;

/// <summary>CRC-32C (Castagnoli), the checksum of every chunk on the wire; one instruction for eight bytes where the processor has it.</summary>
public static class Crc32C
{
    /// <summary>The checksum, as iSCSI and gRPC's peers compute it.</summary>
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (byte value in data) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
