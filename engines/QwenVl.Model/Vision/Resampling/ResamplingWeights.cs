namespace QwenVl.Model.Vision.Resampling;

/// <summary>
/// For each output pixel of one axis, the first input pixel it reads and fixed-point weights that sum to about one.
/// Immutable once made.
/// </summary>
internal sealed class ResamplingWeights
{
    /// <summary>Fraction bits of a weight.</summary>
    public const int Precision = 22;

    /// <summary>What is added before a sum is cut to whole numbers, so that it is rounded.</summary>
    public const int Half = 1 << (Precision - 1);

    /// <summary>
    /// Bits of a weight's low half. Processors multiply pairs of 16-bit numbers and add the products, so a weight of 23
    /// bits and its sign is two of them: weight = high * 2^SplitBits + low, with 0 &lt;= low &lt; 2^SplitBits.
    /// </summary>
    public const int SplitBits = 11;

    // The most taps that one vector takes.
    private const int TapMultiple = 8;

    private ResamplingWeights(int outputs, int taps)
    {
        Stride = (taps + TapMultiple - 1) / TapMultiple * TapMultiple;
        Starts = new int[outputs];
        Counts = new int[outputs];
        Values = new int[outputs * Stride];
        Low = new short[outputs * Stride];
        High = new short[outputs * Stride];
    }

    /// <summary>Weights kept for each output pixel, a multiple of 8; unused ones are zero.</summary>
    public int Stride { get; }

    /// <summary>The first input pixel of each output pixel.</summary>
    public int[] Starts { get; }

    /// <summary>How many input pixels each output pixel reads.</summary>
    public int[] Counts { get; }

    /// <summary>[outputs, Stride].</summary>
    public int[] Values { get; }

    /// <summary>[outputs, Stride]: the low halves of <see cref="Values"/>.</summary>
    public short[] Low { get; }

    /// <summary>[outputs, Stride]: the high halves of <see cref="Values"/>.</summary>
    public short[] High { get; }

    /// <summary>The most that one output pixel reads.</summary>
    public int MostTaps { get; private set; }

    /// <summary>Bytes held.</summary>
    public long Bytes => (long)Values.Length * (sizeof(int) + 2 * sizeof(short)) + (long)Starts.Length * 2 * sizeof(int);

    /// <summary>Bicubic weights, a = -0.5, widened by the scale when reducing.</summary>
    public static ResamplingWeights Bicubic(int input, int output)
    {
        double scale = (double)input / output, stretch = Math.Max(scale, 1), support = 2 * stretch;
        int taps = (int)Math.Ceiling(support) * 2 + 1;
        var result = new ResamplingWeights(output, taps);
        var weights = new double[taps];
        for (int i = 0; i < output; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5));
            int count = Math.Min(input, (int)(centre + support + 0.5)) - first;
            double sum = 0;
            for (int x = 0; x < count; x++)
                sum += weights[x] = Kernel((x + first - centre + 0.5) / stretch);
            (result.Starts[i], result.Counts[i]) = (first, count);
            result.MostTaps = Math.Max(result.MostTaps, count);
            for (int x = 0; x < count; x++)
            {
                double fixedPoint = weights[x] / sum * (1 << Precision);
                result.Set(i * result.Stride + x, (int)(fixedPoint < 0 ? fixedPoint - 0.5 : fixedPoint + 0.5));
            }
        }

        return result;
    }

    private void Set(int at, int weight)
    {
        Values[at] = weight;
        Low[at] = (short)(weight & ((1 << SplitBits) - 1));
        High[at] = (short)(weight >> SplitBits);
    }

    private static double Kernel(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
}
