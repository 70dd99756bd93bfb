using QwenVl.Runtime.Queueing;

namespace QwenVl.Runtime.Encoding.Planning;

/// <summary>
/// Dynamic batching: which pictures a tower runs next. A batch is of one bucket of sizes and starts when it is full, when
/// its oldest picture has waited its time for others, or when others were served often enough in its place; while another
/// batch runs nothing is gained by starting less than a full one, since others may still join it.
/// </summary>
internal sealed class EncodePlanner<TWork>(EncodeLimits limits) : IWorkPlanner<TWork>
    where TWork : QueuedWork
{
    private readonly WorkQueue<TWork> _queue = new(limits.QueueLength, limits.Buckets.Count, work => BucketOf(limits, work));
    private readonly List<TWork> _again = [];

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

    /// <summary>Has pictures run again, each alone and before all others.</summary>
    public void RunAlone(IEnumerable<TWork> batch) => _again.AddRange(batch);

    /// <summary>The next batch, if one is to start now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="pending">Batches under way.</param>
    public WorkPlan<TWork> Plan(TimeSpan now, int pending)
    {
        var plan = new WorkPlan<TWork>();
        _queue.DropExpired(now, plan);
        if (pending >= limits.MaxPending) return plan;
        TakeAgain(now, plan);
        while (plan.Taken.Count == 0 && _queue.InTurn(lane => IsDue(lane.Bucket, now, pending)).FirstOrDefault() is { } lane) Fill(plan, lane);
        if (plan.Taken.Count == 0 && pending == 0) plan.NextDue = Enumerable.Range(0, limits.Buckets.Count).Min(DueAt);
        return plan;
    }

    /// <inheritdoc/>
    public WorkPlan<TWork> Clear()
    {
        var plan = new WorkPlan<TWork>();
        foreach (TWork work in _again) plan.Drop(work, DropReason.Ending);
        _again.Clear();
        _queue.DropAll(DropReason.Ending, plan);
        return plan;
    }

    private static int BucketOf(EncodeLimits limits, TWork work)
    {
        int bucket = 0;
        while (bucket < limits.Buckets.Count - 1 && work.Cost > limits.Buckets[bucket]) bucket++;
        return bucket;
    }

    private void TakeAgain(TimeSpan now, WorkPlan<TWork> plan)
    {
        while (_again.Count > 0 && plan.Taken.Count == 0)
        {
            TWork work = _again[0];
            _again.RemoveAt(0);
            if (work.IsExpired(now)) plan.Drop(work, DropReason.Expired);
            else if (work.Cancellation.IsCancellationRequested) plan.Drop(work, DropReason.Cancelled);
            else plan.Take(work);
        }
    }

    private bool IsDue(int bucket, TimeSpan now, int pending) =>
        _queue.LanesOf(bucket).Sum(lane => lane.Work.Count) >= limits.BatchSize
        || (pending == 0 && DueAt(bucket) <= now)
        || _queue.LanesOf(bucket).Any(lane => lane.IsOverdue);

    private TimeSpan? DueAt(int bucket) => _queue.LanesOf(bucket).Min(lane => lane.Work.Oldest) + limits.QueueDelay;

    /// <summary>Fills a batch from a lane, and what room is left from the other of the same bucket.</summary>
    private void Fill(WorkPlan<TWork> plan, Lane<TWork> first)
    {
        var served = new HashSet<Lane<TWork>>();
        FillFrom(first);
        foreach (Lane<TWork> lane in _queue.LanesOf(first.Bucket)) FillFrom(lane);
        if (served.Count == 0) return;
        foreach (Lane<TWork> lane in _queue.Lanes) lane.EndTurn(served.Contains(lane));

        void FillFrom(Lane<TWork> lane)
        {
            _queue.DropCancelled(lane, plan);
            while (plan.Taken.Count < limits.BatchSize && lane.Work.First is { } head)
            {
                _queue.Take(head);
                plan.Take(head);
                served.Add(lane);
                _queue.DropCancelled(lane, plan);
            }
        }
    }
}
