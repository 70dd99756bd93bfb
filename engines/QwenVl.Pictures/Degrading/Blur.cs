using System.Numerics;

namespace QwenVl.Pictures.Degrading;

/// <summary>
/// Gaussian blur of 8-bit RGBA by repeated three-tap means, whose variances add up. Whole numbers only: the same result on every machine.
/// </summary>
internal static class Blur
{
    private const int One = 256;

    /// <summary>Blurs in place.</summary>
    /// <param name="rgba">Pixels, row by row without padding.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="deviation">Standard deviation in pixels.</param>
    public static void Apply(Span<byte> rgba, int width, double deviation)
    {
        double variance = deviation * deviation;
        int passes = (int)Math.Ceiling(2 * variance);
        if (passes == 0) return;
        // A pass with weights (w, 1 - 2w, w) has variance 2w, and w of a quarter is the smoothest.
        var side = (ushort)Math.Round(One * variance / passes / 2);
        int stride = width * 4;
        var padded = new byte[stride + 8];
        var above = new byte[stride];
        var current = new byte[stride];
        for (int pass = 0; pass < passes; pass++)
        {
            for (int start = 0; start < rgba.Length; start += stride)
            {
                Span<byte> row = rgba.Slice(start, stride);
                row[..4].CopyTo(padded);
                row.CopyTo(padded.AsSpan(4));
                row[^4..].CopyTo(padded.AsSpan(stride + 4));
                Mean(padded.AsSpan(0, stride), padded.AsSpan(4, stride), padded.AsSpan(8, stride), row, side);
            }

            rgba[..stride].CopyTo(above);
            for (int start = 0; start < rgba.Length; start += stride)
            {
                Span<byte> row = rgba.Slice(start, stride);
                row.CopyTo(current);
                Mean(above, current, start + stride < rgba.Length ? rgba.Slice(start + stride, stride) : current, row, side);
                (above, current) = (current, above);
            }
        }
    }

    private static void Mean(ReadOnlySpan<byte> before, ReadOnlySpan<byte> middle, ReadOnlySpan<byte> after, Span<byte> result, ushort side)
    {
        var middleWeight = (ushort)(One - 2 * side);
        int i = 0;
        for (; i <= result.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(before[i..]), out Vector<ushort> before0, out Vector<ushort> before1);
            Vector.Widen(new Vector<byte>(middle[i..]), out Vector<ushort> middle0, out Vector<ushort> middle1);
            Vector.Widen(new Vector<byte>(after[i..]), out Vector<ushort> after0, out Vector<ushort> after1);
            Vector<ushort> low = ((before0 + after0) * side + middle0 * middleWeight + new Vector<ushort>(One / 2)) >> 8;
            Vector<ushort> high = ((before1 + after1) * side + middle1 * middleWeight + new Vector<ushort>(One / 2)) >> 8;
            Vector.Narrow(low, high).CopyTo(result[i..]);
        }

        for (; i < result.Length; i++)
            result[i] = (byte)(((before[i] + after[i]) * side + middle[i] * middleWeight + One / 2) >> 8);
    }
}
