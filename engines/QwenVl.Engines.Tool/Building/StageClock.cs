using QwenVl.Engines.Building;

namespace QwenVl.Engines.Tool.Building;

/// <summary>Notes how long each stage of a build took, and passes reports on. May be reported to from any thread.</summary>
internal sealed class StageClock(TimeProvider time, IProgress<EngineBuildProgress> next) : IProgress<EngineBuildProgress>
{
    private readonly Lock _lock = new();
    private readonly List<(string Stage, long Start)> _stages = [];

    /// <summary>Whether graphs were emitted; else the engine was there already.</summary>
    public bool Built
    {
        get
        {
            lock (_lock) return _stages.Any(stage => stage.Stage == "decoder");
        }
    }

    public void Report(EngineBuildProgress value)
    {
        lock (_lock)
        {
            if (_stages.Count == 0 || _stages[^1].Stage != value.Stage) _stages.Add((value.Stage, time.GetTimestamp()));
        }

        next.Report(value);
    }

    /// <summary>The stages in their order, the last of them until now.</summary>
    public IReadOnlyList<(string Stage, TimeSpan Time)> Times()
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            return [.. _stages.Select((stage, i) => (stage.Stage, time.GetElapsedTime(stage.Start, i + 1 < _stages.Count ? _stages[i + 1].Start : now)))];
        }
    }
}
