using BenchmarkDotNet.Attributes;
using QwenVl.Benchmarks.Budgets;
using QwenVl.Model.Prompts;
using QwenVl.Model.Vision;

namespace QwenVl.Benchmarks.Micro;

/// <summary>Positions of a prompt with a picture at the 1024 budget.</summary>
[MemoryDiagnoser]
public class PromptBenchmarks
{
    private const int ImageToken = 5, TextTokens = 40;
    private static readonly ImageGrid[] Grids = [new(64, 64)];
    private int[] _ids = null!;
    private int[] _positions = null!;

    /// <summary>Lays the prompt out.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _ids = [.. Enumerable.Repeat(1, TextTokens), .. Enumerable.Repeat(ImageToken, Grids[0].Tokens), .. Enumerable.Repeat(1, TextTokens)];
        _positions = new int[3 * _ids.Length];
    }

    /// <summary>Three positions a token, in place.</summary>
    [Benchmark, AllocationBudget(0)]
    public int Positions() => MropePositions.Compute(_ids, ImageToken, Grids, _positions);
}
