namespace QwenVl.Benchmarks.Load.Workloads;

/// <summary>Choices with weights.</summary>
internal static class Weighted
{
    /// <summary>An index, each as likely as its weight.</summary>
    public static int Pick(ReadOnlySpan<double> weights, Random random)
    {
        double sum = 0;
        foreach (double weight in weights) sum += weight;
        double at = random.NextDouble() * sum;
        for (int i = 0; i < weights.Length - 1; i++)
        {
            at -= weights[i];
            if (at < 0) return i;
        }

        return weights.Length - 1;
    }
}
