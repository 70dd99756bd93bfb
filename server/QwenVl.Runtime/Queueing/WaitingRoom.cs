using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Queueing;

/// <summary>
/// Between those who bring work and the one thread that does it: guards a planner, wakes the thread, counts. Whoever is
/// cancelled leaves at once, so that the place of somebody who has gone keeps nobody out. Safe for concurrent use.
/// </summary>
/// <param name="planner">Decides what is next; called by one thread at a time from here on.</param>
/// <param name="stage">The stage's name in metrics.</param>
/// <param name="what">What waits for what, for messages: "questions wait for the decoder".</param>
/// <param name="metrics">Where the queue is counted.</param>
/// <param name="time">The clock.</param>
internal sealed class WaitingRoom<TWork>(IWorkPlanner<TWork> planner, string stage, string what, RuntimeMetrics metrics, TimeProvider time)
    where TWork : QueuedWork
{
    // Monitors wait in whole milliseconds: less than one would be none.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    // A monitor, not a Lock: the thread sleeps on it.
    private readonly object _sync = new();
    private readonly long _origin = time.GetTimestamp();
    private bool _closed;

    /// <summary>Time since the room was opened.</summary>
    public TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>How fast work is done, for those who find the room full.</summary>
    public ServiceRate Rate { get; } = new();

    /// <summary>Who would wait longer than this, as fast as work is done lately, is refused at once.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.MaxValue;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_sync) return planner.Count;
        }
    }

    /// <summary>Whether nothing is taken any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_sync) return _closed;
        }
    }

    /// <summary>A deadline by this room's clock.</summary>
    public TimeSpan? ExpiryOf(RequestTerms terms) => terms.Deadline is { } deadline ? Now + (deadline - time.GetUtcNow()) : null;

    /// <summary>Refuses work that would find no room now, before anything is done for it.</summary>
    /// <exception cref="RequestException">The room is full or closed, or work would wait too long.</exception>
    public void RequireRoom()
    {
        lock (_sync)
        {
            if (_closed) throw RequestException.Ending();
            if (!planner.IsFull && Rate.WaitOf(planner.Count) <= MaxWait) return;
            metrics.Dropped(stage, DropReason.Full);
            throw RequestException.Exhausted(RequestReason.QueueFull, $"{planner.Count} {what} already. Try again later.", Rate.RetryAfter(planner.Count));
        }
    }

    /// <summary>Lets work wait.</summary>
    /// <exception cref="RequestException">The room is full or closed, or work would wait too long.</exception>
    public void Enter(TWork work)
    {
        lock (_sync)
        {
            RequireRoom();
            planner.TryAdd(work);
            metrics.QueueChanged(stage, work.Priority, 1);
            Monitor.Pulse(_sync);
        }

        // Outside the lock: a token that is cancelled already calls back here and now.
        CancellationTokenRegistration registration = work.Cancellation.UnsafeRegister(_ => Leave(work), null);
        lock (_sync)
        {
            if (planner.Contains(work)) work.Registration = registration;
            else registration.Unregister();
        }
    }

    /// <summary>Asks the planner what is next, and ends what it drops.</summary>
    /// <param name="plan">Asks it; given the time.</param>
    /// <param name="wait">Whether to wait until there is something to do.</param>
    /// <returns>What to do. Nothing once the room is closed.</returns>
    public IReadOnlyList<TWork> Next(Func<TimeSpan, WorkPlan<TWork>> plan, bool wait)
    {
        WorkPlan<TWork> next;
        lock (_sync)
        {
            while (true)
            {
                if (_closed) return [];
                next = plan(Now);
                if (next.IsReady || !wait) break;
                Sleep(next.NextDue);
            }

            Left(next);
        }

        Drop(next);
        return next.Taken;
    }

    /// <summary>Changes what the planner decides by, and has it decide anew.</summary>
    public void Change(Action change)
    {
        lock (_sync)
        {
            change();
            Monitor.Pulse(_sync);
        }
    }

    /// <summary>Counts work that the planner was given back, to be done again.</summary>
    public void CameBack(TWork work) => metrics.QueueChanged(stage, work.Priority, 1);

    /// <summary>Nobody enters any more and nothing is taken any more.</summary>
    public void Close() => Change(() => _closed = true);

    /// <summary>Ends everything that still waits, once the thread has ended.</summary>
    public void Empty()
    {
        WorkPlan<TWork> rest;
        lock (_sync)
        {
            rest = planner.Clear();
            Left(rest);
        }

        Drop(rest);
    }

    private void Sleep(TimeSpan? due)
    {
        if (due is not { } until) Monitor.Wait(_sync);
        else if (until - Now is var left && left > TimeSpan.Zero) Monitor.Wait(_sync, left > ShortestWait ? left : ShortestWait);
    }

    private void Left(WorkPlan<TWork> plan)
    {
        foreach (TWork work in plan.Taken.Concat(plan.Dropped.Select(dropped => dropped.Work)))
        {
            work.Registration.Unregister();
            metrics.QueueChanged(stage, work.Priority, -1);
        }
    }

    private void Drop(WorkPlan<TWork> plan)
    {
        foreach ((TWork work, DropReason reason) in plan.Dropped) Drop(work, reason);
    }

    private void Drop(TWork work, DropReason reason)
    {
        metrics.Dropped(stage, reason);
        work.Fail(reason switch
        {
            DropReason.Cancelled => new OperationCanceledException(work.Cancellation),
            DropReason.Expired => RequestException.Expired(),
            _ => RequestException.Ending(),
        });
    }

    private void Leave(TWork work)
    {
        lock (_sync)
        {
            // It has been taken meanwhile: whoever took it looks at the token.
            if (!planner.Remove(work)) return;
            metrics.QueueChanged(stage, work.Priority, -1);
            // One less may be one batch less: the planner decides anew.
            Monitor.Pulse(_sync);
        }

        Drop(work, DropReason.Cancelled);
    }
}
