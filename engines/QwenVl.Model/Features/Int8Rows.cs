using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QwenVl.Model.Features;

/// <summary>
/// Rows as signed bytes with one scale each: tokens x width bytes, then tokens halves. A number is off by at most half a
/// scale, which is 1/254 of the row's largest magnitude. A row that holds anything but finite numbers comes back as NaN,
/// so that damage is seen and stays where it is; magnitudes over 127 x 65,504 are cut to that.
/// </summary>
internal static class Int8Rows
{
    private const int Most = 127;

    public static long RowBytes(int width) => width + 2L;

    public static void Encode(ReadOnlySpan<float> rows, int width, Span<byte> output)
    {
        Span<sbyte> values = MemoryMarshal.Cast<byte, sbyte>(output[..rows.Length]);
        Span<byte> scales = output[rows.Length..];
        for (int row = 0; row * width < rows.Length; row++)
        {
            ReadOnlySpan<float> source = rows.Slice(row * width, width);
            Half scale = Halves.AtLeast(MathF.Abs(TensorPrimitives.MaxMagnitude(source)) / Most);
            BinaryPrimitives.WriteHalfLittleEndian(scales[(row * 2)..], scale);
            Quantize(source, (float)scale, values.Slice(row * width, width));
        }
    }

    public static void Decode(ReadOnlySpan<byte> source, int width, Span<float> rows)
    {
        ReadOnlySpan<sbyte> values = MemoryMarshal.Cast<byte, sbyte>(source[..rows.Length]);
        for (int row = 0; row * width < rows.Length; row++)
        {
            float scale = (float)BinaryPrimitives.ReadHalfLittleEndian(source[(rows.Length + row * 2)..]);
            Dequantize(values.Slice(row * width, width), scale, rows.Slice(row * width, width));
        }
    }

    private static void Quantize(ReadOnlySpan<float> source, float scale, Span<sbyte> output)
    {
        if (!(scale > 0))
        {
            output.Clear();
            return;
        }

        int i = 0;
        for (; i <= source.Length - Vector128<sbyte>.Count; i += Vector128<sbyte>.Count)
        {
            Vector128<short> low = Vector128.Narrow(Round(source[i..], scale), Round(source[(i + 4)..], scale));
            Vector128<short> high = Vector128.Narrow(Round(source[(i + 8)..], scale), Round(source[(i + 12)..], scale));
            Vector128.Narrow(low, high).CopyTo(output[i..]);
        }

        for (; i < source.Length; i++) output[i] = (sbyte)Math.Clamp(MathF.Round(source[i] / scale), -Most, Most);
    }

    private static Vector128<int> Round(ReadOnlySpan<float> source, float scale) =>
        Vector128.ConvertToInt32(Vector128.Round(Vector128.Clamp(Vector128.Create(source) / scale, Vector128.Create<float>(-Most), Vector128.Create<float>(Most))));

    private static void Dequantize(ReadOnlySpan<sbyte> source, float scale, Span<float> output)
    {
        int i = 0;
        for (; i <= source.Length - Steps.Count; i += Steps.Count) Steps.Scale(Vector128.Create(source[i..]), scale, output[i..]);
        for (; i < source.Length; i++) output[i] = source[i] * scale;
    }
}
