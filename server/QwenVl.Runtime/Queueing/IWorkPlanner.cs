namespace QwenVl.Runtime.Queueing;

/// <summary>Decides what runs when. No threads, no clock, no model: whoever calls brings the time, and calls one at a time.</summary>
internal interface IWorkPlanner<TWork>
    where TWork : QueuedWork
{
    /// <summary>How many wait.</summary>
    int Count { get; }

    /// <summary>Whether no more work may wait.</summary>
    bool IsFull { get; }

    /// <summary>Adds work; false where too much waits.</summary>
    bool TryAdd(TWork work);

    /// <summary>Takes out work that was cancelled; false where it does not wait.</summary>
    bool Remove(TWork work);

    /// <summary>Whether work waits.</summary>
    bool Contains(TWork work);

    /// <summary>Takes out everything that waits, at the end.</summary>
    WorkPlan<TWork> Clear();
}
