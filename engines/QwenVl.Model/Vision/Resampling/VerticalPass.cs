using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QwenVl.Model.Vision.Resampling;

/// <summary>One output row from several input rows, byte by byte. Sums of a block stay in registers over all taps.</summary>
internal static unsafe class VerticalPass
{
    /// <param name="rows">The input rows' memory.</param>
    /// <param name="offsets">Where each row that is read begins in <paramref name="rows"/>: one a tap.</param>
    /// <param name="weights">From the input's height to the output's.</param>
    /// <param name="y">The output row.</param>
    /// <param name="output">Receives the row; input rows are as long.</param>
    /// <param name="vectors">Which instructions; this processor has them.</param>
    public static void Run(ReadOnlySpan<byte> rows, ReadOnlySpan<int> offsets, ResamplingWeights weights, int y, Span<byte> output, VectorWidth vectors)
    {
        int length = output.Length, at = y * weights.Stride;
        foreach (int offset in offsets)
        {
            if (offset < 0 || offset > rows.Length - length) throw new ArgumentOutOfRangeException(nameof(offsets), $"A row at {offset} where {rows.Length} bytes are.");
        }

        fixed (byte* input = rows, to = output)
        fixed (int* starts = offsets, values = &weights.Values[at])
        fixed (short* low = &weights.Low[at], high = &weights.High[at])
        {
            int taps = offsets.Length;
            // A last block that is not full begins earlier: what it writes twice is the same.
            if (vectors == VectorWidth.Bits512 && length >= Vector512<byte>.Count)
            {
                for (int x = 0; x < length; x += Vector512<byte>.Count) Block512(input, starts, taps, low, high, to, Math.Min(x, length - Vector512<byte>.Count));
            }
            else if (vectors is VectorWidth.Bits256 or VectorWidth.Bits512 && length >= Vector256<byte>.Count)
            {
                for (int x = 0; x < length; x += Vector256<byte>.Count) Block256(input, starts, taps, low, high, to, Math.Min(x, length - Vector256<byte>.Count));
            }
            else if (vectors != VectorWidth.Scalar && length >= Vector128<byte>.Count)
            {
                for (int x = 0; x < length; x += Vector128<byte>.Count) Block128(input, starts, taps, values, to, Math.Min(x, length - Vector128<byte>.Count));
            }
            else
            {
                for (int x = 0; x < length; x++) to[x] = Scalar(input + x, starts, taps, values);
            }
        }
    }

    private static byte Scalar(byte* input, int* starts, int taps, int* values)
    {
        int sum = ResamplingWeights.Half;
        for (int tap = 0; tap < taps; tap++) sum += input[starts[tap]] * values[tap];
        return (byte)Math.Clamp(sum >> ResamplingWeights.Precision, 0, byte.MaxValue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block128(byte* input, int* starts, int taps, int* values, byte* output, int x)
    {
        Vector128<int> half = Vector128.Create(ResamplingWeights.Half), a = half, b = half, c = half, d = half;
        for (int tap = 0; tap < taps; tap++)
        {
            (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(Vector128.Load(input + starts[tap] + x));
            Vector128<int> weight = Vector128.Create(values[tap]);
            a += Vector128.WidenLower(lower).AsInt32() * weight;
            b += Vector128.WidenUpper(lower).AsInt32() * weight;
            c += Vector128.WidenLower(upper).AsInt32() * weight;
            d += Vector128.WidenUpper(upper).AsInt32() * weight;
        }

        Vector128.Narrow(Vector128.Narrow(Levels(a), Levels(b)), Vector128.Narrow(Levels(c), Levels(d))).AsByte().Store(output + x);

        static Vector128<uint> Levels(Vector128<int> sum) =>
            Vector128.Min(Vector128.Max(sum >> ResamplingWeights.Precision, Vector128<int>.Zero), Vector128.Create((int)byte.MaxValue)).AsUInt32();
    }

    /// <summary>Two rows at a time: their bytes are paired, so that one instruction multiplies and adds both. Pairing and packing undo each other's order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block256(byte* input, int* starts, int taps, short* low, short* high, byte* output, int x)
    {
        Vector256<int> half = Vector256.Create(ResamplingWeights.Half), zero = Vector256<int>.Zero;
        Vector256<int> a = half, b = half, c = half, d = half, aHigh = zero, bHigh = zero, cHigh = zero, dHigh = zero;
        for (int tap = 0; tap < taps; tap += 2)
        {
            // The weight beyond the last is zero: any row will do.
            Vector256<byte> one = Vector256.Load(input + starts[tap] + x), two = Vector256.Load(input + starts[Math.Min(tap + 1, taps - 1)] + x);
            Vector256<byte> lower = Avx2.UnpackLow(one, two), upper = Avx2.UnpackHigh(one, two);
            Vector256<short> lows = Vector256.Create(*(int*)(low + tap)).AsInt16(), highs = Vector256.Create(*(int*)(high + tap)).AsInt16();
            Vector256<short> pairs = Avx2.UnpackLow(lower, Vector256<byte>.Zero).AsInt16();
            a += Avx2.MultiplyAddAdjacent(pairs, lows);
            aHigh += Avx2.MultiplyAddAdjacent(pairs, highs);
            pairs = Avx2.UnpackHigh(lower, Vector256<byte>.Zero).AsInt16();
            b += Avx2.MultiplyAddAdjacent(pairs, lows);
            bHigh += Avx2.MultiplyAddAdjacent(pairs, highs);
            pairs = Avx2.UnpackLow(upper, Vector256<byte>.Zero).AsInt16();
            c += Avx2.MultiplyAddAdjacent(pairs, lows);
            cHigh += Avx2.MultiplyAddAdjacent(pairs, highs);
            pairs = Avx2.UnpackHigh(upper, Vector256<byte>.Zero).AsInt16();
            d += Avx2.MultiplyAddAdjacent(pairs, lows);
            dHigh += Avx2.MultiplyAddAdjacent(pairs, highs);
        }

        Avx2.PackUnsignedSaturate(Avx2.PackSignedSaturate(Levels(a, aHigh), Levels(b, bHigh)), Avx2.PackSignedSaturate(Levels(c, cHigh), Levels(d, dHigh))).Store(output + x);

        static Vector256<int> Levels(Vector256<int> low, Vector256<int> high) => (low + (high << ResamplingWeights.SplitBits)) >> ResamplingWeights.Precision;
    }

    /// <summary>As <see cref="Block256"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block512(byte* input, int* starts, int taps, short* low, short* high, byte* output, int x)
    {
        Vector512<int> half = Vector512.Create(ResamplingWeights.Half), zero = Vector512<int>.Zero;
        Vector512<int> a = half, b = half, c = half, d = half, aHigh = zero, bHigh = zero, cHigh = zero, dHigh = zero;
        for (int tap = 0; tap < taps; tap += 2)
        {
            Vector512<byte> one = Vector512.Load(input + starts[tap] + x), two = Vector512.Load(input + starts[Math.Min(tap + 1, taps - 1)] + x);
            Vector512<byte> lower = Avx512BW.UnpackLow(one, two), upper = Avx512BW.UnpackHigh(one, two);
            Vector512<short> lows = Vector512.Create(*(int*)(low + tap)).AsInt16(), highs = Vector512.Create(*(int*)(high + tap)).AsInt16();
            Vector512<short> pairs = Avx512BW.UnpackLow(lower, Vector512<byte>.Zero).AsInt16();
            a += Avx512BW.MultiplyAddAdjacent(pairs, lows);
            aHigh += Avx512BW.MultiplyAddAdjacent(pairs, highs);
            pairs = Avx512BW.UnpackHigh(lower, Vector512<byte>.Zero).AsInt16();
            b += Avx512BW.MultiplyAddAdjacent(pairs, lows);
            bHigh += Avx512BW.MultiplyAddAdjacent(pairs, highs);
            pairs = Avx512BW.UnpackLow(upper, Vector512<byte>.Zero).AsInt16();
            c += Avx512BW.MultiplyAddAdjacent(pairs, lows);
            cHigh += Avx512BW.MultiplyAddAdjacent(pairs, highs);
            pairs = Avx512BW.UnpackHigh(upper, Vector512<byte>.Zero).AsInt16();
            d += Avx512BW.MultiplyAddAdjacent(pairs, lows);
            dHigh += Avx512BW.MultiplyAddAdjacent(pairs, highs);
        }

        Avx512BW.PackUnsignedSaturate(Avx512BW.PackSignedSaturate(Levels(a, aHigh), Levels(b, bHigh)), Avx512BW.PackSignedSaturate(Levels(c, cHigh), Levels(d, dHigh))).Store(output + x);

        static Vector512<int> Levels(Vector512<int> low, Vector512<int> high) => (low + (high << ResamplingWeights.SplitBits)) >> ResamplingWeights.Precision;
    }
}
