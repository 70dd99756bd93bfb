namespace QwenVl.Runtime.Queueing;

/// <summary>What a planner decided at one moment.</summary>
internal sealed class WorkPlan<TWork>
{
    private readonly List<TWork> _taken = [];
    private readonly List<(TWork Work, DropReason Reason)> _dropped = [];

    /// <summary>What is to run now.</summary>
    public IReadOnlyList<TWork> Taken => _taken;

    /// <summary>What is not to run at all.</summary>
    public IReadOnlyList<(TWork Work, DropReason Reason)> Dropped => _dropped;

    /// <summary>When to plan again though nothing has happened; null for never.</summary>
    public TimeSpan? NextDue { get; set; }

    /// <summary>Whether there is anything to do.</summary>
    public bool IsReady => _taken.Count + _dropped.Count > 0;

    public void Take(TWork work) => _taken.Add(work);

    public void Drop(TWork work, DropReason reason) => _dropped.Add((work, reason));
}
