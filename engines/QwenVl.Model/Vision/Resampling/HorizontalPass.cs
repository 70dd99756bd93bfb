using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QwenVl.Model.Vision.Resampling;

/// <summary>
/// Resizes one row: interleaved pixels in, three planes of one byte a pixel out. Vectors read whole groups of taps, beyond
/// the last one too: what they find there has weight zero, so it is enough that it can be read.
/// </summary>
internal static unsafe class HorizontalPass
{
    private const int Channels = PixelView.Channels;
    private const int Batch = 4;

    /// <param name="source">The row's pixels and all that may be read after them.</param>
    /// <param name="weights">From the row's width to the output's.</param>
    /// <param name="planes">Receives the first channel of all pixels, then the second, then the third.</param>
    /// <param name="vectors">Which instructions; this processor has them.</param>
    public static void Run(ReadOnlySpan<byte> source, ResamplingWeights weights, Span<byte> planes, VectorWidth vectors)
    {
        int width = weights.Starts.Length, done = 0;
        fixed (byte* input = source, output = planes)
        fixed (int* values = weights.Values)
        fixed (short* low = weights.Low, high = weights.High)
        {
            if (vectors == VectorWidth.Bits512) done = Run512(input, source.Length, weights, low, high, output, width);
            else if (vectors == VectorWidth.Bits256) done = Run256(input, source.Length, weights, low, high, output, width);
            else if (vectors == VectorWidth.Bits128) done = Run128(input, source.Length, weights, values, output, width);
        }

        RunScalar(source, weights, planes, width, done);
    }

    private static void RunScalar(ReadOnlySpan<byte> source, ResamplingWeights weights, Span<byte> planes, int width, int from)
    {
        for (int x = from; x < width; x++)
        {
            ReadOnlySpan<int> taps = weights.Values.AsSpan(x * weights.Stride, weights.Counts[x]);
            ReadOnlySpan<byte> window = source.Slice(weights.Starts[x] * Channels, taps.Length * Channels);
            int first = ResamplingWeights.Half, second = ResamplingWeights.Half, third = ResamplingWeights.Half;
            for (int tap = 0; tap < taps.Length; tap++)
            {
                first += window[tap * Channels] * taps[tap];
                second += window[tap * Channels + 1] * taps[tap];
                third += window[tap * Channels + 2] * taps[tap];
            }

            planes[x] = Clamp(first);
            planes[width + x] = Clamp(second);
            planes[2 * width + x] = Clamp(third);
        }
    }

    /// <summary>Four taps at a time from one load; the lanes of a sum are a pixel's three channels.</summary>
    private static int Run128(byte* input, int length, ResamplingWeights weights, int* values, byte* output, int width)
    {
        const int Taps = 4, Load = 16;
        int x = 0;
        for (; x < width; x++)
        {
            int at = weights.Starts[x] * Channels, count = weights.Counts[x];
            if (at + ((count + Taps - 1) / Taps - 1) * Taps * Channels + Load > length) break;
            int* taps = values + x * weights.Stride;
            Vector128<int> sum = Vector128.Create(ResamplingWeights.Half);
            for (int tap = 0; tap < count; tap += Taps, taps += Taps, at += Taps * Channels)
            {
                Vector128<byte> pixels = Vector128.Load(input + at);
                sum += Vector128.Shuffle(pixels, Vector128.Create((byte)0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 16, 16, 16, 16)).AsInt32() * Vector128.Create(taps[0]);
                sum += Vector128.Shuffle(pixels, Vector128.Create((byte)3, 16, 16, 16, 4, 16, 16, 16, 5, 16, 16, 16, 16, 16, 16, 16)).AsInt32() * Vector128.Create(taps[1]);
                sum += Vector128.Shuffle(pixels, Vector128.Create((byte)6, 16, 16, 16, 7, 16, 16, 16, 8, 16, 16, 16, 16, 16, 16, 16)).AsInt32() * Vector128.Create(taps[2]);
                sum += Vector128.Shuffle(pixels, Vector128.Create((byte)9, 16, 16, 16, 10, 16, 16, 16, 11, 16, 16, 16, 16, 16, 16, 16)).AsInt32() * Vector128.Create(taps[3]);
            }

            Vector128<int> levels = Vector128.Min(Vector128.Max(sum >> ResamplingWeights.Precision, Vector128<int>.Zero), Vector128.Create((int)byte.MaxValue));
            output[x] = (byte)levels[0];
            output[width + x] = (byte)levels[1];
            output[2 * width + x] = (byte)levels[2];
        }

        return x;
    }

    private static int Run256(byte* input, int length, ResamplingWeights weights, short* low, short* high, byte* output, int width)
    {
        // Each lane's first four bytes of a packed batch are one channel, the next four another.
        Vector256<byte> gather = Vector256.Create((byte)0, 2, 4, 6, 1, 3, 5, 7, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 2, 4, 6, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80);
        int x = 0;
        for (; x + Batch <= width && Reach(weights, x + Batch - 1, taps: 4, load: 16) <= length; x += Batch)
        {
            Vector256<int> left = Avx2.HorizontalAdd(Sum256(input, weights, low, high, x), Sum256(input, weights, low, high, x + 1));
            Vector256<int> right = Avx2.HorizontalAdd(Sum256(input, weights, low, high, x + 2), Sum256(input, weights, low, high, x + 3));
            Vector256<int> half = Vector256.Create(ResamplingWeights.Half);
            Vector256<short> words = Avx2.PackSignedSaturate((left + half) >> ResamplingWeights.Precision, (right + half) >> ResamplingWeights.Precision);
            Vector256<int> levels = Avx2.Shuffle(Avx2.PackUnsignedSaturate(words, words), gather).AsInt32();
            Unsafe.WriteUnaligned(output + x, levels[0]);
            Unsafe.WriteUnaligned(output + width + x, levels[1]);
            Unsafe.WriteUnaligned(output + 2 * width + x, levels[4]);
        }

        return x;
    }

    /// <summary>Lanes: first channel of taps 0 + 1 and 2 + 3, second channel of both; then the third channel, and nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sum256(byte* input, ResamplingWeights weights, short* low, short* high, int x)
    {
        const int Taps = 4;
        Vector256<byte> spread = Vector256.Create(
            (byte)0, 0x80, 3, 0x80, 6, 0x80, 9, 0x80, 1, 0x80, 4, 0x80, 7, 0x80, 10, 0x80,
            2, 0x80, 5, 0x80, 8, 0x80, 11, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80);
        Vector256<int> lows = Vector256<int>.Zero, highs = Vector256<int>.Zero;
        byte* window = input + weights.Starts[x] * Channels;
        long at = (long)x * weights.Stride, end = at + weights.Counts[x];
        for (; at < end; at += Taps, window += Taps * Channels)
        {
            Vector256<short> pixels = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(window), spread).AsInt16();
            lows += Avx2.MultiplyAddAdjacent(pixels, Vector256.Create(*(long*)(low + at)).AsInt16());
            highs += Avx2.MultiplyAddAdjacent(pixels, Vector256.Create(*(long*)(high + at)).AsInt16());
        }

        return lows + (highs << ResamplingWeights.SplitBits);
    }

    private static int Run512(byte* input, int length, ResamplingWeights weights, short* low, short* high, byte* output, int width)
    {
        int x = 0;
        for (; x + Batch <= width && Reach(weights, x + Batch - 1, taps: 8, load: 32) <= length; x += Batch)
        {
            Vector512<int> a = Sum512(input, weights, low, high, x), b = Sum512(input, weights, low, high, x + 1);
            Vector512<int> c = Sum512(input, weights, low, high, x + 2), d = Sum512(input, weights, low, high, x + 3);
            // A transposition of 4 x 4 that adds: each lane of 128 bits is a channel, and its four numbers become four pixels.
            Vector512<long> left = (Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b)).AsInt64(), right = (Avx512F.UnpackLow(c, d) + Avx512F.UnpackHigh(c, d)).AsInt64();
            Vector512<int> sums = Avx512F.UnpackLow(left, right).AsInt32() + Avx512F.UnpackHigh(left, right).AsInt32();
            Vector512<int> levels = (sums + Vector512.Create(ResamplingWeights.Half)) >> ResamplingWeights.Precision;
            Vector512<short> words = Avx512BW.PackSignedSaturate(levels, levels);
            Vector512<int> bytes = Avx512BW.PackUnsignedSaturate(words, words).AsInt32();
            Unsafe.WriteUnaligned(output + x, bytes.GetLower().GetLower()[0]);
            Unsafe.WriteUnaligned(output + width + x, bytes.GetLower().GetUpper()[0]);
            Unsafe.WriteUnaligned(output + 2 * width + x, bytes.GetUpper().GetLower()[0]);
        }

        return x;
    }

    /// <summary>Lanes of 128 bits: one channel each of taps 0 + 1, 2 + 3, 4 + 5, 6 + 7, and one lane of nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Sum512(byte* input, ResamplingWeights weights, short* low, short* high, int x)
    {
        const int Taps = 8;
        Vector512<byte> spread = Vector512.Create(
            (byte)0, 0, 3, 0, 6, 0, 9, 0, 12, 0, 15, 0, 18, 0, 21, 0, 1, 0, 4, 0, 7, 0, 10, 0, 13, 0, 16, 0, 19, 0, 22, 0,
            2, 0, 5, 0, 8, 0, 11, 0, 14, 0, 17, 0, 20, 0, 23, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        Vector512<short> lowByte = Vector512.Create((short)byte.MaxValue);
        Vector512<int> lows = Vector512<int>.Zero, highs = Vector512<int>.Zero;
        byte* window = input + weights.Starts[x] * Channels;
        long at = (long)x * weights.Stride, end = at + weights.Counts[x];
        for (; at < end; at += Taps, window += Taps * Channels)
        {
            Vector512<byte> loaded = Vector256.Load(window).ToVector512Unsafe();
            Vector512<short> pixels = Avx512Vbmi.PermuteVar64x8(loaded, spread).AsInt16() & lowByte;
            lows += Avx512BW.MultiplyAddAdjacent(pixels, Avx512F.BroadcastVector128ToVector512((int*)(low + at)).AsInt16());
            highs += Avx512BW.MultiplyAddAdjacent(pixels, Avx512F.BroadcastVector128ToVector512((int*)(high + at)).AsInt16());
        }

        return lows + (highs << ResamplingWeights.SplitBits);
    }

    /// <summary>
    /// The end of what is read for an output pixel and for all before it: neither starts nor ends ever go down from one
    /// output pixel to the next, but a pixel at the edge has fewer taps, so a group's rounding may.
    /// </summary>
    private static long Reach(ResamplingWeights weights, int x, int taps, int load) =>
        (long)weights.Starts[x] * Channels + (long)((weights.MostTaps + taps - 1) / taps - 1) * taps * Channels + load;

    private static byte Clamp(int sum) => (byte)Math.Clamp(sum >> ResamplingWeights.Precision, 0, byte.MaxValue);
}
