namespace QwenVl.Model.Vision;

/// <summary>For each output pixel of one axis, the first input pixel it reads and fixed-point weights that sum to about one.</summary>
internal sealed class ResamplingWeights
{
    /// <summary>Fraction bits of a weight.</summary>
    public const int Precision = 22;

    private ResamplingWeights(int taps, int[] starts, int[] counts, int[] values) =>
        (Taps, Starts, Counts, Values) = (taps, starts, counts, values);

    /// <summary>Weights kept for each output pixel; unused ones are zero.</summary>
    public int Taps { get; }

    public int[] Starts { get; }

    public int[] Counts { get; }

    /// <summary>[outputs, Taps].</summary>
    public int[] Values { get; }

    /// <summary>Bicubic weights, a = -0.5, widened by the scale when reducing.</summary>
    public static ResamplingWeights Bicubic(int input, int output)
    {
        double scale = (double)input / output, stretch = Math.Max(scale, 1), support = 2 * stretch;
        int taps = (int)Math.Ceiling(support) * 2 + 1;
        var starts = new int[output];
        var counts = new int[output];
        var values = new int[output * taps];
        var weights = new double[taps];
        for (int i = 0; i < output; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5));
            int count = Math.Min(input, (int)(centre + support + 0.5)) - first;
            double sum = 0;
            for (int x = 0; x < count; x++)
                sum += weights[x] = Kernel((x + first - centre + 0.5) / stretch);
            (starts[i], counts[i]) = (first, count);
            for (int x = 0; x < count; x++)
            {
                double fixedPoint = weights[x] / sum * (1 << Precision);
                values[i * taps + x] = (int)(fixedPoint < 0 ? fixedPoint - 0.5 : fixedPoint + 0.5);
            }
        }

        return new ResamplingWeights(taps, starts, counts, values);
    }

    private static double Kernel(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
}
