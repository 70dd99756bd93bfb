using QwenVl.TensorRt.Building;

namespace QwenVl.Engines.Plans;

/// <summary>
/// Makes one fraction of TensorRT's phases, which lie within each other: a step of a phase counts for as much as its
/// phase's step around it. So far there is one outermost phase; should others follow, each gets most of what is left.
/// </summary>
internal sealed class PlanProgress(IProgress<double> progress) : IProgress<TensorRtBuildProgress>
{
    private const double ShareOfOutermost = 0.98;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Phase> _open = new(StringComparer.Ordinal);
    private double _start;
    private double _reported;

    public void Report(TensorRtBuildProgress value)
    {
        // Reports come from several threads; a bar must not go back.
        lock (_lock)
        {
            bool outermost = value.Parent is null || !_open.ContainsKey(value.Parent);
            if (value.State is BuildPhaseState.Finished) _open.Remove(value.Phase);
            else _open[value.Phase] = new Phase(value.Parent, (double)value.Step / Math.Max(1, value.Steps), 1.0 / Math.Max(1, value.Steps));
            if (outermost && value.State is BuildPhaseState.Finished) _start += (1 - _start) * ShareOfOutermost;
            double now = _start + ((1 - _start) * ShareOfOutermost * Share(value));
            if (now <= _reported) return;
            _reported = now;
            progress.Report(now);
        }
    }

    private double Share(TensorRtBuildProgress value)
    {
        if (value.State is BuildPhaseState.Finished) return 0;
        double share = (double)value.Step / Math.Max(1, value.Steps);
        for (string? parent = value.Parent; parent is not null && _open.TryGetValue(parent, out Phase around); parent = around.Parent)
            share = around.Done + around.Step * share;
        return Math.Min(1, share);
    }

    private readonly record struct Phase(string? Parent, double Done, double Step);
}
