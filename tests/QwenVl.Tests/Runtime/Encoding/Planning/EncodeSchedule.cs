using QwenVl.Runtime.Encoding.Planning;
using QwenVl.Runtime.Queueing;
using QwenVl.Tests.Runtime.Queueing;

namespace QwenVl.Tests.Runtime.Encoding.Planning;

/// <summary>A tower whose pictures come, are cancelled, expire, run and fail as a script says; every plan is held to what a planner promises.</summary>
internal sealed class EncodeSchedule : IDisposable
{
    private const int Tenants = 3, QueueLength = 24, Lanes = 4;
    private static readonly int[] Buckets = [1024, 4096];
    private static readonly int[] Costs = [256, 400, 1024, 1025, 2500, 4096];

    private readonly EncodeLimits _limits;
    private readonly EncodePlanner<TestWork> _planner;
    private readonly List<TestWork> _all = [];
    private readonly List<TestWork> _waiting = [];
    private readonly List<TestWork> _alone = [];
    private readonly Queue<IReadOnlyList<TestWork>> _running = [];
    private readonly Dictionary<(int, RequestPriority), int> _passedOver = [];
    private readonly Dictionary<TestWork, (int Ahead, int Before)> _places = [];
    private double _now;

    public EncodeSchedule(int batchSize, int maxPending, double delay)
    {
        _limits = new EncodeLimits(batchSize, maxPending, QueueLength, TimeSpan.FromSeconds(delay), Buckets);
        _planner = new EncodePlanner<TestWork>(_limits);
    }

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
                    _now += 0.001 * script.Next(20);
                    break;
                default:
                    Finish(fails: script.Next(6) == 0);
                    break;
            }

            PlanAll();
        }

        while (_running.Count > 0 || _planner.Count > 0)
        {
            Finish(fails: false);
            _now += 1;
            PlanAll();
        }

        Assert.Empty(_alone);
        Assert.Empty(_planner.Clear().Dropped);
        Assert.All(_all, work => Assert.Equal(1, work.Ends));
    }

    public void Dispose() => _all.ForEach(work => work.Dispose());

    private static int BucketOf(TestWork work) => work.Cost <= Buckets[0] ? 0 : 1;

    private static (int Bucket, RequestPriority Priority) LaneOf(TestWork work) => (BucketOf(work), work.Priority);

    private void Arrive(Script script)
    {
        double? expires = script.Next(3) switch { 0 => _now + 0.001 * script.Next(30), 1 => _now + 10, _ => null };
        var work = new TestWork(Costs[script.Next(Costs.Length)], $"tenant {script.Next(Tenants)}", (RequestPriority)script.Next(2), _now, expires);
        bool fits = _waiting.Count < QueueLength;
        Assert.Equal(fits, _planner.TryAdd(work));
        if (!fits)
        {
            work.Dispose();
            return;
        }

        _all.Add(work);
        _places[work] = (_waiting.Count(other => LaneOf(other) == LaneOf(work) && other.Tenant == work.Tenant), 0);
        _waiting.Add(work);
    }

    private void Cancel(int index, bool removes)
    {
        if (index >= _waiting.Count) return;
        TestWork work = _waiting[index];
        work.Cancel();
        // Otherwise the planner finds it out by itself, as where the token fires while a batch is formed.
        if (!removes) return;
        Assert.True(_planner.Remove(work));
        End(work);
    }

    private void Finish(bool fails)
    {
        if (!_running.TryDequeue(out IReadOnlyList<TestWork>? batch)) return;
        if (fails && batch.Count > 1)
        {
            _planner.RunAlone(batch);
            _alone.AddRange(batch);
        }
        else
        {
            foreach (TestWork work in batch) work.Ends++;
        }
    }

    private void PlanAll()
    {
        while (true)
        {
            bool wasIdle = _running.Count == 0;
            WorkPlan<TestWork> plan = _planner.Plan(TimeSpan.FromSeconds(_now), _running.Count);
            foreach ((TestWork work, DropReason reason) in plan.Dropped)
            {
                Assert.True(reason == DropReason.Expired ? work.IsExpired(TimeSpan.FromSeconds(_now)) : reason == DropReason.Cancelled && work.Cancellation.IsCancellationRequested);
                End(work);
            }

            if (plan.Taken.Count == 0)
            {
                ExpectNothingToDo(wasIdle);
                return;
            }

            Take(plan.Taken);
            _running.Enqueue(plan.Taken);
            Assert.True(_running.Count <= _limits.MaxPending);
        }
    }

    private void Take(IReadOnlyList<TestWork> batch)
    {
        Assert.InRange(batch.Count, 1, _limits.BatchSize);
        Assert.Single(batch.Select(BucketOf).Distinct());
        Assert.All(batch, work => Assert.False(work.Cancellation.IsCancellationRequested || work.IsExpired(TimeSpan.FromSeconds(_now)) || work.Ends > 0));
        if (_alone.Remove(batch[0]))
        {
            Assert.Single(batch);
            return;
        }

        (int, RequestPriority)[] lanes = [.. _waiting.Select(LaneOf).Distinct()];
        foreach (TestWork work in batch) Take(work);
        foreach ((int, RequestPriority) lane in lanes)
        {
            bool isServed = batch.Any(work => LaneOf(work) == lane), isEmpty = !_waiting.Any(work => LaneOf(work) == lane);
            int turns = _passedOver[lane] = isServed || isEmpty ? 0 : _passedOver.GetValueOrDefault(lane) + 1;
            // Nothing starves: of any patience + lanes batches, each lane gets something of one.
            Assert.True(turns < Lane<TestWork>.Patience + Lanes, $"{lane} was passed over {turns} times.");
        }
    }

    private void Take(TestWork work)
    {
        Assert.True(_waiting.Remove(work));
        // In order within a tenant, and so within each of its streams.
        Assert.DoesNotContain(_waiting, other => LaneOf(other) == LaneOf(work) && other.Tenant == work.Tenant && other.Number < work.Number && !other.Cancellation.IsCancellationRequested);
        foreach (TestWork other in _waiting.Where(other => LaneOf(other) == LaneOf(work))) _places[other] = _places[other] with { Before = _places[other].Before + 1 };
        (int ahead, int before) = _places[work];
        int[] costs = [.. Costs.Where(cost => (cost <= Buckets[0]) == (BucketOf(work) == 0))];
        // No tenant gets more than its share and one picture before it.
        int bound = ahead + (Tenants - 1) * ((ahead + 1) * costs.Max() / costs.Min() + 1);
        Assert.True(before <= bound, $"{before} were taken before a picture that had {ahead} of its tenant's ahead; at most {bound} may be.");
    }

    private void ExpectNothingToDo(bool wasIdle)
    {
        if (_running.Count == _limits.MaxPending) return;
        // Work-conserving: no full batch waits for a tower that takes one, and an idle tower lets nobody wait longer than the delay.
        Assert.True(_waiting.GroupBy(BucketOf).All(bucket => bucket.Count() < _limits.BatchSize));
        if (wasIdle) Assert.DoesNotContain(_waiting, work => work.Arrived + _limits.QueueDelay <= TimeSpan.FromSeconds(_now));
        Assert.Empty(_alone);
    }

    private void End(TestWork work)
    {
        work.Ends++;
        Assert.True(_waiting.Remove(work) || _alone.Remove(work));
    }
}
