using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;

namespace QwenVl.Runtime.Caching;

/// <summary>
/// Features as bytes that another server can read: version, type, taps, width, the key's digest, numbers, CRC-32C; all
/// little-endian. Numbers are stored in 16 bits where all of them survive it exactly, as those of an engine that computes
/// in 16 bits do, and else in 32: what is read is what was written, bit for bit.
/// </summary>
internal static class StoredFeatures
{
    /// <summary>The layout that is written and read.</summary>
    public const byte Version = 1;

    private const byte Float32 = 0, Float16 = 1, BFloat16 = 2;
    private const int TypeAt = 1, TapsAt = 2, WidthAt = 4, DigestAt = 8, NumbersAt = DigestAt + SHA256.HashSizeInBytes;
    private const int HalfOfWord = 16;

    /// <summary>What stands for a key outside: 32 bytes.</summary>
    public static byte[] Digest(FeatureKey key) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{key.Tenant.Name}\n{key.Tower}\n{key.Engine}\n{key.Preprocessing}\n{key.Sha256}\n{key.Length}\n{key.Grid.Height}\n{key.Grid.Width}")));

    /// <summary>Writes features.</summary>
    public static byte[] Write(ReadOnlySpan<byte> digest, ImageFeatures features)
    {
        ReadOnlySpan<float> numbers = features.Values;
        byte type = TypeOf(numbers);
        byte[] value = GC.AllocateUninitializedArray<byte>(NumbersAt + numbers.Length * SizeOf(type) + sizeof(uint));
        (value[0], value[TypeAt]) = (Version, type);
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(TapsAt), checked((ushort)features.TapCount));
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(WidthAt), features.Width);
        digest.CopyTo(value.AsSpan(DigestAt));
        Narrow(numbers, type, value.AsSpan(NumbersAt..^sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(^sizeof(uint)..), Crc32C.Compute(value.AsSpan(..^sizeof(uint))));
        return value;
    }

    /// <summary>Reads features; null where the bytes are damaged, of another version or of another key.</summary>
    public static ImageFeatures? Read(ReadOnlySpan<byte> value, ReadOnlySpan<byte> digest, ImageGrid grid)
    {
        if (value.Length < NumbersAt + sizeof(uint) || value[0] != Version || value[TypeAt] > BFloat16) return null;
        if (!value[DigestAt..NumbersAt].SequenceEqual(digest)) return null;
        if (Crc32C.Compute(value[..^sizeof(uint)]) != BinaryPrimitives.ReadUInt32LittleEndian(value[^sizeof(uint)..])) return null;
        int taps = BinaryPrimitives.ReadUInt16LittleEndian(value[TapsAt..]), width = BinaryPrimitives.ReadInt32LittleEndian(value[WidthAt..]);
        ReadOnlySpan<byte> narrow = value[NumbersAt..^sizeof(uint)];
        if (width < 1 || (1L + taps) * grid.Tokens * width * SizeOf(value[TypeAt]) != narrow.Length) return null;
        float[] numbers = GC.AllocateUninitializedArray<float>(narrow.Length / SizeOf(value[TypeAt]));
        Widen(narrow, value[TypeAt], numbers);
        return new ImageFeatures(grid, width, taps, numbers);
    }

    private static int SizeOf(byte type) => type == Float32 ? sizeof(float) : sizeof(ushort);

    /// <summary>The smallest type that holds every number exactly.</summary>
    private static byte TypeOf(ReadOnlySpan<float> numbers)
    {
        foreach (byte type in (ReadOnlySpan<byte>)[BFloat16, Float16])
            if (Survive(numbers, type)) return type;
        return Float32;
    }

    private static bool Survive(ReadOnlySpan<float> numbers, byte type)
    {
        // In blocks: what needs 32 bits shows in the first few numbers.
        const int Block = 1024;
        Span<ushort> narrow = stackalloc ushort[Block];
        Span<float> wide = stackalloc float[Block];
        while (!numbers.IsEmpty)
        {
            ReadOnlySpan<float> block = numbers[..Math.Min(Block, numbers.Length)];
            numbers = numbers[block.Length..];
            Narrow(block, type, MemoryMarshal.AsBytes(narrow[..block.Length]));
            Widen(MemoryMarshal.AsBytes(narrow[..block.Length]), type, wide[..block.Length]);
            // As bytes: zero has two signs, and NaN is not equal to itself.
            if (!MemoryMarshal.AsBytes(block).SequenceEqual(MemoryMarshal.AsBytes(wide[..block.Length]))) return false;
        }

        return true;
    }

    private static void Narrow(ReadOnlySpan<float> numbers, byte type, Span<byte> narrow)
    {
        switch (type)
        {
            case Float16:
                TensorPrimitives.ConvertToHalf(numbers, MemoryMarshal.Cast<byte, Half>(narrow));
                break;
            case BFloat16:
                Span<ushort> halves = MemoryMarshal.Cast<byte, ushort>(narrow);
                for (int i = 0; i < numbers.Length; i++) halves[i] = (ushort)(BitConverter.SingleToUInt32Bits(numbers[i]) >> HalfOfWord);
                break;
            default:
                MemoryMarshal.AsBytes(numbers).CopyTo(narrow);
                break;
        }
    }

    private static void Widen(ReadOnlySpan<byte> narrow, byte type, Span<float> numbers)
    {
        switch (type)
        {
            case Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(narrow), numbers);
                break;
            case BFloat16:
                ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(narrow);
                for (int i = 0; i < numbers.Length; i++) numbers[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << HalfOfWord);
                break;
            default:
                narrow.CopyTo(MemoryMarshal.AsBytes(numbers));
                break;
        }
    }
}
