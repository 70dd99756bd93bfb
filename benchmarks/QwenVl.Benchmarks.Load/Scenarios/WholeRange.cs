namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>Whole numbers, each as likely as the others.</summary>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest, included.</param>
internal readonly record struct WholeRange(int Least, int Most)
{
    /// <summary>Draws one.</summary>
    public int Draw(Random random) => random.Next(Least, Most + 1);
}
