namespace QwenVl.Runtime.Queueing;

/// <summary>
/// What waits, by size and priority. Of the lanes that may be served the one passed over most often goes first, once that
/// is often enough; else the more urgent, then the one whose oldest has waited longest. So of any
/// <see cref="Lane{TWork}.Patience"/> + lanes turns in a row, each lane in which something waits gets one.
/// </summary>
/// <param name="capacity">The most that may wait.</param>
/// <param name="buckets">Number of sizes.</param>
/// <param name="bucketOf">The size of a piece of work.</param>
internal sealed class WorkQueue<TWork>(int capacity, int buckets, Func<TWork, int> bucketOf)
    where TWork : QueuedWork
{
    private static readonly RequestPriority[] Priorities = Enum.GetValues<RequestPriority>();
    private static readonly Comparer<TWork> ByExpiry = Comparer<TWork>.Create((a, b) => (a.Expires!.Value, a.Number).CompareTo((b.Expires!.Value, b.Number)));

    private readonly Lane<TWork>[] _lanes = [.. Enumerable.Range(0, buckets).SelectMany(_ => Priorities, (bucket, priority) => new Lane<TWork>(bucket, priority))];
    private readonly SortedSet<TWork> _expiring = new(ByExpiry);
    private long _arrivals;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>All lanes, by size and then priority.</summary>
    public IReadOnlyList<Lane<TWork>> Lanes => _lanes;

    /// <summary>The lanes in which something waits and that may be served, in the order to serve them.</summary>
    public IEnumerable<Lane<TWork>> InTurn(Func<Lane<TWork>, bool> may) => _lanes
        .Where(lane => lane.Work.Count > 0 && may(lane))
        .OrderByDescending(lane => lane.IsOverdue ? lane.PassedOver : 0)
        .ThenBy(lane => lane.Priority)
        .ThenBy(lane => lane.Work.Oldest);

    /// <summary>The lanes of one size, by priority.</summary>
    public ArraySegment<Lane<TWork>> LanesOf(int bucket) => new(_lanes, bucket * Priorities.Length, Priorities.Length);

    public bool Contains(TWork work) => LaneOf(work).Work.Contains(work);

    /// <summary>Whether no more work may wait.</summary>
    public bool IsFull => Count >= capacity;

    /// <summary>Adds work; false where too much waits.</summary>
    public bool TryAdd(TWork work)
    {
        if (IsFull) return false;
        work.Number = ++_arrivals;
        LaneOf(work).Work.Add(work);
        if (work.Expires is not null) _expiring.Add(work);
        Count++;
        return true;
    }

    /// <summary>Takes the first of a tenant to be served.</summary>
    public void Take(TWork head)
    {
        LaneOf(head).Work.Take(head);
        Removed(head);
    }

    /// <summary>Takes out what is not to be served; false where it does not wait.</summary>
    public bool Remove(TWork work)
    {
        if (!LaneOf(work).Work.Remove(work)) return false;
        Removed(work);
        return true;
    }

    /// <summary>Takes out everything whose time has passed.</summary>
    public void DropExpired(TimeSpan now, WorkPlan<TWork> plan)
    {
        while (_expiring.Min is { } first && first.IsExpired(now)) Drop(first, DropReason.Expired, plan);
    }

    /// <summary>Takes out those of a lane that are next and cancelled.</summary>
    public void DropCancelled(Lane<TWork> lane, WorkPlan<TWork> plan)
    {
        while (lane.Work.Heads.FirstOrDefault(work => work.Cancellation.IsCancellationRequested) is { } gone) Drop(gone, DropReason.Cancelled, plan);
    }

    /// <summary>Takes out everything.</summary>
    public void DropAll(DropReason reason, WorkPlan<TWork> plan)
    {
        foreach (Lane<TWork> lane in _lanes)
            while (lane.Work.First is { } head) Drop(head, reason, plan);
    }

    private void Drop(TWork work, DropReason reason, WorkPlan<TWork> plan)
    {
        Remove(work);
        plan.Drop(work, reason);
    }

    private Lane<TWork> LaneOf(TWork work) => LanesOf(bucketOf(work))[(int)work.Priority];

    private void Removed(TWork work)
    {
        Count--;
        if (work.Expires is not null) _expiring.Remove(work);
    }
}
