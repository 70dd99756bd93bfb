using BenchmarkDotNet.Attributes;
using QwenVl.Benchmarks.Budgets;
using QwenVl.Model.Sampling;

namespace QwenVl.Benchmarks.Micro;

/// <summary>Choosing a token from the logits of Qwen3-VL's whole vocabulary.</summary>
[MemoryDiagnoser]
public class SamplingBenchmarks
{
    private readonly float[] _logits = new float[151_936];
    private readonly int[] _history = [.. Enumerable.Range(0, 100)];
    private readonly TokenSampler _greedy = new(SamplingParameters.Greedy);
    private readonly TokenSampler _sampling = new(new SamplingParameters { Temperature = 0.7f, TopP = 0.8f, TopK = 20, RepetitionPenalty = 1.1f, Seed = 1 });
    private int _index;

    /// <summary>Draws logits.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        for (int i = 0; i < _logits.Length; i++) _logits[i] = random.NextSingle() * 20 - 10;
    }

    /// <summary>The best token.</summary>
    [Benchmark, AllocationBudget(0)]
    public int Greedy() => _greedy.Sample(_logits, _history, _index++);

    /// <summary>As Qwen recommends: temperature 0.7, top-p 0.8, top-k 20.</summary>
    [Benchmark, AllocationBudget(0)]
    public int Recommended() => _sampling.Sample(_logits, _history, _index++);
}
