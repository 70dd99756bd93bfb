using FsCheck.Xunit;
using QwenVl.Runtime.Decoding.Planning;
using QwenVl.Runtime.Queueing;
using QwenVl.Tests.Runtime.Queueing;

namespace QwenVl.Tests.Runtime.Decoding.Planning;

public sealed class AdmissionPlannerTests
{
    private readonly AdmissionPlanner<TestWork> _planner = new(new AdmissionLimits(Sequences: 4, CachedTokens: 1000, QueueLength: 64));

    [Fact]
    public void A_sequence_enters_when_its_whole_reservation_fits()
    {
        TestWork first = Add(600), second = Add(600);
        Assert.Equal([first], Plan());
        Assert.Empty(Plan());
        _planner.Release(first);
        Assert.Equal([second], Plan());
    }

    [Fact]
    public void Small_ones_pass_one_that_does_not_fit_a_few_times_and_then_wait_for_it()
    {
        TestWork running = Add(500);
        Assert.Equal([running], Plan());
        TestWork large = Add(900, "large");
        for (int passed = 0; passed < AdmissionPlanner<TestWork>.MostBypasses; passed++)
        {
            TestWork small = Add(100, "small");
            Assert.Equal([small], Plan());
            _planner.Release(small);
        }

        Add(100, "small");
        Assert.Empty(Plan());
        _planner.Release(running);
        Assert.Contains(large, Plan());
    }

    [Fact]
    public void A_tenant_with_many_questions_lets_others_in()
    {
        for (int i = 0; i < 20; i++) Add(100, "greedy");
        Assert.Equal(4, Plan().Count);
        TestWork modest = Add(100, "modest");
        _planner.Release(Add(100, "greedy"));
        _planner.Release(Add(100, "greedy"));
        Assert.Contains(modest, Plan());
    }

    [Fact]
    public void What_is_not_urgent_gets_its_turn()
    {
        TestWork patient = Add(1, priority: RequestPriority.Batch);
        for (int i = 0; i < 20; i++) Add(1);
        TestWork[] entered = [.. Plan()];
        Assert.Equal(Lane<TestWork>.Patience, Array.IndexOf(entered, patient));
    }

    [Fact]
    public void What_is_cancelled_or_late_does_not_enter()
    {
        TestWork cancelled = Add(1), late = Add(1, expires: 1), good = Add(1);
        cancelled.Cancel();
        WorkPlan<TestWork> plan = _planner.Plan(TimeSpan.FromSeconds(1));
        Assert.Equal([good], plan.Taken);
        Assert.Equal([(late, DropReason.Expired), (cancelled, DropReason.Cancelled)], plan.Dropped);
    }

    /// <summary>No limit is passed, nothing cancelled or late enters, tenants stay in order, a free decoder lets nothing wait, all end once.</summary>
    [Property(MaxTest = 400, EndSize = 600)]
    public void The_decoder_is_entered_as_promised_under_any_schedule(byte[] script, byte sequences)
    {
        using var schedule = new AdmissionSchedule(1 + sequences % 6);
        schedule.Run(new Script(script));
    }

    private TestWork Add(int tokens, string tenant = "a", RequestPriority priority = RequestPriority.Interactive, double? expires = null)
    {
        var work = new TestWork(tokens, tenant, priority, 0, expires);
        Assert.True(_planner.TryAdd(work));
        return work;
    }

    private IReadOnlyList<TestWork> Plan() => _planner.Plan(TimeSpan.Zero).Taken;
}
