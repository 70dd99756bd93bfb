using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace QwenVl.Model.Features;

/// <summary>
/// Rows as groups of 32 numbers, each of four bits: for each group of a row its scale as a half, then a byte for every
/// two numbers: byte i holds number i in its low bits and number i + ⌈n / 2⌉ in its high ones, of the group's n, which is
/// 32 but in a row's last group; value = (bits - 8) x scale. The scale has the sign that lets the number of the largest
/// magnitude use the eighth step, which only one side has. A number is off by at most half a scale, or a whole one where
/// it is of the other sign and nearly as large: 1/16 or 1/8 of the group's largest magnitude. A group that holds anything
/// but finite numbers comes back as NaN; magnitudes over 8 x 65,504 are cut to that.
/// </summary>
internal static class Int4Groups
{
    /// <summary>Numbers that share a scale.</summary>
    public const int GroupLength = 32;

    private const int ScaleBytes = 2;
    private const int Zero = 8;
    private const int Most = 15;
    private const int HighBits = 4;

    public static long RowBytes(int width) => (width / GroupLength * (long)GroupBytes(GroupLength)) + (width % GroupLength is > 0 and int rest ? GroupBytes(rest) : 0);

    public static void Encode(ReadOnlySpan<float> rows, int width, Span<byte> output)
    {
        for (int at = 0; at < rows.Length; at += width)
            for (int group = 0; group < width; group += GroupLength)
            {
                int length = Math.Min(GroupLength, width - group);
                EncodeGroup(rows.Slice(at + group, length), output);
                output = output[GroupBytes(length)..];
            }
    }

    public static void Decode(ReadOnlySpan<byte> source, int width, Span<float> rows)
    {
        for (int at = 0; at < rows.Length; at += width)
            for (int group = 0; group < width; group += GroupLength)
            {
                int length = Math.Min(GroupLength, width - group);
                DecodeGroup(source, rows.Slice(at + group, length));
                source = source[GroupBytes(length)..];
            }
    }

    private static int GroupBytes(int length) => ScaleBytes + (length + 1) / 2;

    private static void EncodeGroup(ReadOnlySpan<float> source, Span<byte> output)
    {
        float largest = TensorPrimitives.MaxMagnitude(source);
        Half magnitude = Halves.AtLeast(MathF.Abs(largest) / Zero), signed = largest > 0 ? -magnitude : magnitude;
        BinaryPrimitives.WriteHalfLittleEndian(output, signed);
        Span<byte> bits = output.Slice(ScaleBytes, (source.Length + 1) / 2);
        float scale = (float)signed;
        if (source.Length == GroupLength && MathF.Abs(scale) > 0)
        {
            Vector128<byte> low = Quantize(source, scale), high = Quantize(source[(GroupLength / 2)..], scale);
            (low | Vector128.ShiftLeft(high, HighBits)).CopyTo(bits);
            return;
        }

        bits.Clear();
        for (int i = 0; i < source.Length; i++)
        {
            int value = MathF.Abs(scale) > 0 ? (int)Math.Clamp(MathF.Round(source[i] / scale) + Zero, 0, Most) : Zero;
            bits[i % bits.Length] |= (byte)(i < bits.Length ? value : value << HighBits);
        }
    }

    private static Vector128<byte> Quantize(ReadOnlySpan<float> source, float scale) => Vector128.Narrow(
        Vector128.Narrow(Round(source, scale), Round(source[4..], scale)),
        Vector128.Narrow(Round(source[8..], scale), Round(source[12..], scale)));

    private static Vector128<uint> Round(ReadOnlySpan<float> source, float scale)
    {
        Vector128<float> steps = Vector128.Round(Vector128.Create(source) / scale) + Vector128.Create<float>(Zero);
        return Vector128.ConvertToInt32(Vector128.Clamp(steps, Vector128<float>.Zero, Vector128.Create<float>(Most))).AsUInt32();
    }

    private static void DecodeGroup(ReadOnlySpan<byte> source, Span<float> output)
    {
        float scale = (float)BinaryPrimitives.ReadHalfLittleEndian(source);
        ReadOnlySpan<byte> bits = source.Slice(ScaleBytes, (output.Length + 1) / 2);
        if (output.Length == GroupLength)
        {
            Vector128<byte> pairs = Vector128.Create(bits);
            Dequantize(pairs & Vector128.Create((byte)Most), scale, output);
            Dequantize(Vector128.ShiftRightLogical(pairs, HighBits), scale, output[(GroupLength / 2)..]);
            return;
        }

        for (int i = 0; i < output.Length; i++) output[i] = ((i < bits.Length ? bits[i] & Most : bits[i - bits.Length] >> HighBits) - Zero) * scale;
    }

    private static void Dequantize(Vector128<byte> bits, float scale, Span<float> output) =>
        Steps.Scale((bits - Vector128.Create((byte)Zero)).AsSByte(), scale, output);
}
