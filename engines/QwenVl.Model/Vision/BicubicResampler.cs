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
        RgbImage result = source;
        if (width != source.Width) result = Horizontal(result, width);
        if (height != source.Height) result = Vertical(result, height);
        return result;
    }

    private static RgbImage Horizontal(RgbImage source, int width)
    {
        ResamplingWeights weights = ResamplingWeights.Bicubic(source.Width, width);
        var pixels = new byte[width * source.Height * 3];
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

        return new RgbImage(width, source.Height, pixels);
    }

    private static RgbImage Vertical(RgbImage source, int height)
    {
        ResamplingWeights weights = ResamplingWeights.Bicubic(source.Height, height);
        int stride = source.Width * 3;
        var pixels = new byte[stride * height];
        var sums = new int[stride];
        for (int y = 0; y < height; y++)
        {
            Array.Fill(sums, Half);
            for (int tap = 0; tap < weights.Counts[y]; tap++)
            {
                int weight = weights.Values[y * weights.Taps + tap];
                ReadOnlySpan<byte> row = source.Pixels.AsSpan((weights.Starts[y] + tap) * stride, stride);
                for (int x = 0; x < row.Length; x++) sums[x] += row[x] * weight;
            }

            Span<byte> output = pixels.AsSpan(y * stride, stride);
            for (int x = 0; x < output.Length; x++) output[x] = Clamp(sums[x]);
        }

        return new RgbImage(source.Width, height, pixels);
    }

    private static byte Clamp(int sum) => (byte)Math.Clamp(sum >> ResamplingWeights.Precision, 0, 255);
}
