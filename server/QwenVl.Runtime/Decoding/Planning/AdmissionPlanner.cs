using QwenVl.Runtime.Queueing;

namespace QwenVl.Runtime.Decoding.Planning;

/// <summary>
/// Which sequences enter the decoder. A sequence is let in when its whole reservation, prompt and longest answer, fits
/// beside those that are there: none is ever put out again, and none runs out of memory in mid-answer. Smaller ones may
/// pass one that does not fit, a few times; then all wait until it does.
/// </summary>
/// <remarks>The cost of work is the tokens it reserves.</remarks>
internal sealed class AdmissionPlanner<TWork>(AdmissionLimits limits) : IWorkPlanner<TWork>
    where TWork : QueuedWork
{
    /// <summary>How often others may pass one that does not fit.</summary>
    public const int MostBypasses = 8;

    private readonly WorkQueue<TWork> _queue = new(limits.QueueLength, buckets: 1, _ => 0);

    /// <summary>Sequences let in and not released.</summary>
    public int Sequences { get; private set; }

    /// <summary>Tokens that they reserve.</summary>
    public long Reserved { get; private set; }

    /// <inheritdoc/>
    public int Count => _queue.Count;

    /// <inheritdoc/>
    public bool IsFull => _queue.IsFull;

    /// <inheritdoc/>
    public bool TryAdd(TWork work) => _queue.TryAdd(work);

    /// <inheritdoc/>
    public bool Remove(TWork work) => _queue.Remove(work);

    /// <inheritdoc/>
    public bool Contains(TWork work) => _queue.Contains(work);

    /// <summary>Those that enter now.</summary>
    /// <param name="now">The time.</param>
    public WorkPlan<TWork> Plan(TimeSpan now)
    {
        var plan = new WorkPlan<TWork>();
        _queue.DropExpired(now, plan);
        while (Sequences < limits.Sequences && Choose(plan) is { } next)
        {
            _queue.Take(next);
            foreach (Lane<TWork> lane in _queue.Lanes) lane.EndTurn(lane.Priority == next.Priority);
            Sequences++;
            Reserved += next.Cost;
            plan.Take(next);
        }

        return plan;
    }

    /// <summary>A sequence that was let in has left the decoder.</summary>
    public void Release(TWork work)
    {
        Sequences--;
        Reserved -= work.Cost;
    }

    /// <inheritdoc/>
    public WorkPlan<TWork> Clear()
    {
        var plan = new WorkPlan<TWork>();
        _queue.DropAll(DropReason.Ending, plan);
        return plan;
    }

    /// <summary>The first that fits; null where none does, or where the first of all has been passed often enough.</summary>
    private TWork? Choose(WorkPlan<TWork> plan)
    {
        TWork? first = null;
        foreach (TWork work in InTurn(plan))
        {
            if (Reserved + work.Cost <= limits.CachedTokens)
            {
                if (first is not null) first.Bypassed++;
                return work;
            }

            first ??= work;
            if (first.Bypassed >= MostBypasses) return null;
        }

        return null;
    }

    private TWork[] InTurn(WorkPlan<TWork> plan)
    {
        foreach (Lane<TWork> lane in _queue.Lanes) _queue.DropCancelled(lane, plan);
        return [.. _queue.InTurn(_ => true).SelectMany(lane => lane.Work.Heads)];
    }
}
