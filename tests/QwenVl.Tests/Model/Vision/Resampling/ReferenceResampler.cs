using QwenVl.Model.Vision;

namespace QwenVl.Tests.Model.Vision.Resampling;

/// <summary>The recipe in its plainest form, whole picture after whole picture and one number at a time, with weights of its own.</summary>
internal static class ReferenceResampler
{
    private const int Precision = 22, Half = 1 << (Precision - 1);

    public static byte[] Resize(RgbImage source, int width, int height)
    {
        byte[] pixels = source.Pixels[..(source.Width * source.Height * 3)];
        if (width != source.Width) pixels = Horizontal(pixels, source.Width, source.Height, width);
        return height == source.Height ? pixels : Vertical(pixels, width, source.Height, height);
    }

    public static byte[] Patches(RgbImage resized, ImageGrid grid)
    {
        var patches = new List<byte>();
        for (int blockRow = 0; blockRow < grid.Height; blockRow += 2)
            for (int blockColumn = 0; blockColumn < grid.Width; blockColumn += 2)
                for (int i = 0; i < 4; i++)
                    for (int channel = 0; channel < 3; channel++)
                        for (int y = 0; y < 16; y++)
                            for (int x = 0; x < 16; x++)
                                patches.Add(resized.Pixels[(((blockRow + i / 2) * 16 + y) * grid.PixelWidth + (blockColumn + i % 2) * 16 + x) * 3 + channel]);
        return [.. patches];
    }

    private static byte[] Horizontal(byte[] source, int from, int rows, int width)
    {
        (int Start, int[] Weights)[] taps = Weights(from, width);
        var pixels = new byte[width * rows * 3];
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < width; x++)
                for (int channel = 0; channel < 3; channel++)
                {
                    int sum = Half;
                    for (int tap = 0; tap < taps[x].Weights.Length; tap++) sum += source[(y * from + taps[x].Start + tap) * 3 + channel] * taps[x].Weights[tap];
                    pixels[(y * width + x) * 3 + channel] = (byte)Math.Clamp(sum >> Precision, 0, 255);
                }

        return pixels;
    }

    private static byte[] Vertical(byte[] source, int width, int from, int height)
    {
        (int Start, int[] Weights)[] taps = Weights(from, height);
        int stride = width * 3;
        var pixels = new byte[stride * height];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < stride; x++)
            {
                int sum = Half;
                for (int tap = 0; tap < taps[y].Weights.Length; tap++) sum += source[(taps[y].Start + tap) * stride + x] * taps[y].Weights[tap];
                pixels[y * stride + x] = (byte)Math.Clamp(sum >> Precision, 0, 255);
            }

        return pixels;
    }

    private static (int Start, int[] Weights)[] Weights(int input, int output)
    {
        double scale = (double)input / output, stretch = Math.Max(scale, 1), support = 2 * stretch;
        var taps = new (int, int[])[output];
        for (int i = 0; i < output; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5)), count = Math.Min(input, (int)(centre + support + 0.5)) - first;
            double[] weights = [.. Enumerable.Range(0, count).Select(x => Kernel((x + first - centre + 0.5) / stretch))];
            double sum = 0;
            foreach (double weight in weights) sum += weight;
            taps[i] = (first, [.. weights.Select(weight => weight / sum * (1 << Precision)).Select(weight => (int)(weight < 0 ? weight - 0.5 : weight + 0.5))]);
        }

        return taps;
    }

    private static double Kernel(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
}
