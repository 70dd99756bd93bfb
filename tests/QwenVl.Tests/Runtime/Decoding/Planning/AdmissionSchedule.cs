using QwenVl.Runtime.Decoding.Planning;
using QwenVl.Runtime.Queueing;
using QwenVl.Tests.Runtime.Queueing;

namespace QwenVl.Tests.Runtime.Decoding.Planning;

/// <summary>A decoder whose sequences come, are cancelled, expire and end as a script says; every plan is held to what a planner promises.</summary>
internal sealed class AdmissionSchedule(int sequences) : IDisposable
{
    private const int CachedTokens = 1000, QueueLength = 16;
    private static readonly int[] Tokens = [1, 50, 200, 400, 1000];

    private readonly AdmissionPlanner<TestWork> _planner = new(new AdmissionLimits(sequences, CachedTokens, QueueLength));
    private readonly List<TestWork> _all = [];
    private readonly List<TestWork> _waiting = [];
    private readonly List<TestWork> _active = [];
    private double _now;

    public void Run(Script script)
    {
        while (!script.IsOver)
        {
            switch (script.Next(8))
            {
                case 0 or 1 or 2 or 3:
                    Arrive(script);
                    break;
                case 4:
                    Cancel(script.Next(QueueLength), removes: script.Next(2) == 0);
                    break;
                case 5:
                    _now += script.Next(20);
                    break;
                default:
                    Finish(script.Next(sequences));
                    break;
            }

            Plan();
        }

        // Nothing new comes: each end lets at least what is first in line come nearer, and all get in.
        while (_active.Count > 0)
        {
            Finish(0);
            Plan();
        }

        Assert.Empty(_waiting);
        Assert.Equal((0, 0L), (_planner.Sequences, _planner.Reserved));
        Assert.All(_all, work => Assert.Equal(1, work.Ends));
    }

    public void Dispose() => _all.ForEach(work => work.Dispose());

    private void Arrive(Script script)
    {
        double? expires = script.Next(3) == 0 ? _now + script.Next(30) : null;
        var work = new TestWork(Tokens[script.Next(Tokens.Length)], $"tenant {script.Next(3)}", (RequestPriority)script.Next(2), _now, expires);
        Assert.Equal(_waiting.Count < QueueLength, _planner.TryAdd(work));
        if (_waiting.Count == QueueLength)
        {
            work.Dispose();
            return;
        }

        _all.Add(work);
        _waiting.Add(work);
    }

    private void Cancel(int index, bool removes)
    {
        if (index >= _waiting.Count) return;
        TestWork work = _waiting[index];
        work.Cancel();
        if (!removes) return;
        Assert.True(_planner.Remove(work));
        work.Ends++;
        _waiting.Remove(work);
    }

    private void Finish(int index)
    {
        if (index >= _active.Count) return;
        _active[index].Ends++;
        _planner.Release(_active[index]);
        _active.RemoveAt(index);
    }

    private void Plan()
    {
        WorkPlan<TestWork> plan = _planner.Plan(TimeSpan.FromSeconds(_now));
        foreach ((TestWork work, DropReason reason) in plan.Dropped)
        {
            Assert.True(reason == DropReason.Expired ? work.IsExpired(TimeSpan.FromSeconds(_now)) : reason == DropReason.Cancelled && work.Cancellation.IsCancellationRequested);
            Assert.True(_waiting.Remove(work));
            work.Ends++;
        }

        foreach (TestWork work in plan.Taken)
        {
            Assert.False(work.Cancellation.IsCancellationRequested || work.IsExpired(TimeSpan.FromSeconds(_now)));
            Assert.True(_waiting.Remove(work));
            Assert.DoesNotContain(_waiting, other => (other.Tenant, other.Priority) == (work.Tenant, work.Priority) && other.Number < work.Number);
            _active.Add(work);
        }

        int reserved = _active.Sum(work => work.Cost);
        Assert.Equal((_active.Count, (long)reserved), (_planner.Sequences, _planner.Reserved));
        Assert.True(_active.Count <= sequences && reserved <= CachedTokens);
        Assert.All(_waiting, work => Assert.InRange(work.Bypassed, 0, AdmissionPlanner<TestWork>.MostBypasses));
        // Work-conserving: where there is a place, something waits only because a reservation does not fit.
        if (_active.Count < sequences && _waiting.Count > 0) Assert.Contains(_waiting, work => reserved + work.Cost > CachedTokens);
    }
}
