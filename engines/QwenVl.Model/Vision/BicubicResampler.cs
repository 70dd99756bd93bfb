using System.Buffers;

namespace QwenVl.Model.Vision;

/// <summary>
/// Antialiased bicubic resizing of 8-bit RGB in fixed point: a horizontal pass, rounded to 8 bits, then a vertical one.
/// A pass whose size does not change is skipped.
/// </summary>
public static class BicubicResampler
{
    private const int Half = 1 << (ResamplingWeights.Precision - 1);

    /// <summary>Resizes a picture; returns <paramref name="source"/> itself where the size is already right.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is under 1.</exception>
    public static RgbImage Resize(RgbImage source, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (height == source.Height) return width == source.Width ? source : new RgbImage(width, height, Horizontal(source, width, new byte[width * height * 3]));
        if (width == source.Width) return new RgbImage(width, height, Vertical(source.Pixels, width, source.Height, height));
        // The picture between the passes is seen by nobody else.
        byte[] between = ArrayPool<byte>.Shared.Rent(width * source.Height * 3);
        try
        {
            return new RgbImage(width, height, Vertical(Horizontal(source, width, between), width, source.Height, height));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(between);
        }
    }

    private static byte[] Horizontal(RgbImage source, int width, byte[] pixels)
    {
        ResamplingWeights weights = ResamplingWeights.Bicubic(source.Width, width);
        for (int y = 0; y < source.Height; y++)
        {
            ReadOnlySpan<byte> input = source.Pixels.AsSpan(y * source.Width * 3, source.Width * 3);
            Span<byte> output = pixels.AsSpan(y * width * 3, width * 3);
            for (int x = 0; x < width; x++)
            {
                ReadOnlySpan<int> taps = weights.Values.AsSpan(x * weights.Taps, weights.Counts[x]);
                ReadOnlySpan<byte> window = input.Slice(weights.Starts[x] * 3, taps.Length * 3);
                int red = Half, green = Half, blue = Half;
                for (int tap = 0; tap < taps.Length; tap++)
                {
                    red += window[tap * 3] * taps[tap];
                    green += window[tap * 3 + 1] * taps[tap];
                    blue += window[tap * 3 + 2] * taps[tap];
                }

                output[x * 3] = Clamp(red);
                output[x * 3 + 1] = Clamp(green);
                output[x * 3 + 2] = Clamp(blue);
            }
        }

        return pixels;
    }

    private static byte[] Vertical(byte[] source, int width, int from, int height)
    {
        ResamplingWeights weights = ResamplingWeights.Bicubic(from, height);
        int stride = width * 3;
        var pixels = new byte[stride * height];
        var sums = new int[stride];
        for (int y = 0; y < height; y++)
        {
            Array.Fill(sums, Half);
            for (int tap = 0; tap < weights.Counts[y]; tap++)
            {
                int weight = weights.Values[y * weights.Taps + tap];
                ReadOnlySpan<byte> row = source.AsSpan((weights.Starts[y] + tap) * stride, stride);
                for (int x = 0; x < row.Length; x++) sums[x] += row[x] * weight;
            }

            Span<byte> output = pixels.AsSpan(y * stride, stride);
            for (int x = 0; x < output.Length; x++) output[x] = Clamp(sums[x]);
        }

        return pixels;
    }

    private static byte Clamp(int sum) => (byte)Math.Clamp(sum >> ResamplingWeights.Precision, 0, 255);
}
