using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Benchmarks.Load.Workloads;

/// <summary>The files of requests after each other: new ones, and again some of the last ones.</summary>
internal sealed class PictureSequence(PictureOptions options, Random random)
{
    private readonly double[] _weights = [.. options.Sizes.Select(size => size.Weight)];
    private readonly Queue<PictureChoice> _recent = [];
    private long _serial;

    /// <summary>The next request's file.</summary>
    public PictureChoice Next()
    {
        bool repeats = random.NextDouble() < options.RepeatRatio;
        if (repeats && _recent.Count > 0) return _recent.ElementAt(random.Next(_recent.Count)) with { IsRepeat = true };
        var choice = new PictureChoice(Weighted.Pick(_weights, random), random.Next(options.Motifs), _serial++);
        _recent.Enqueue(choice);
        if (_recent.Count > options.RepeatWindow) _recent.Dequeue();
        return choice;
    }
}
