namespace QwenVl.Engines.Tool.Verification;

/// <summary>How far two lists of numbers are apart; infinitely, where one of the actual ones is not finite.</summary>
internal static class Difference
{
    /// <summary>The largest difference over the largest magnitude of the expected numbers.</summary>
    /// <exception cref="ArgumentException">The lists are of different lengths.</exception>
    public static double OfScale(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        RequireSameLength(expected, actual);
        double worst = 0, scale = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!float.IsFinite(actual[i])) return double.PositiveInfinity;
            worst = Math.Max(worst, Math.Abs((double)expected[i] - actual[i]));
            scale = Math.Max(scale, Math.Abs((double)expected[i]));
        }

        return worst / scale;
    }

    /// <summary>The root of the summed squared differences over that of the expected numbers.</summary>
    /// <exception cref="ArgumentException">The lists are of different lengths.</exception>
    public static double Relative(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        RequireSameLength(expected, actual);
        double error = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!float.IsFinite(actual[i])) return double.PositiveInfinity;
            error += Math.Pow(expected[i] - (double)actual[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(error / norm);
    }

    /// <summary>The cosine of the angle between them; of nothing but zeros it is 1 with the same and 0 with anything else.</summary>
    /// <exception cref="ArgumentException">The lists are of different lengths.</exception>
    public static double Cosine(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        RequireSameLength(expected, actual);
        double product = 0, one = 0, other = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!float.IsFinite(actual[i])) return double.NegativeInfinity;
            product += (double)expected[i] * actual[i];
            one += (double)expected[i] * expected[i];
            other += (double)actual[i] * actual[i];
        }

        if (one == 0 || other == 0) return one == other ? 1 : 0;
        return product / Math.Sqrt(one * other);
    }

    private static void RequireSameLength(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length) throw new ArgumentException($"{actual.Length} numbers where {expected.Length} were expected.");
    }
}
