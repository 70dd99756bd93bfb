using QwenVl.Runtime.Encoding.Planning;
using QwenVl.Runtime.Queueing;
using QwenVl.Tests.Runtime.Queueing;

namespace QwenVl.Tests.Runtime.Encoding.Planning;

public sealed class EncodePlannerTests
{
    private const int Small = 1024, Large = 4096;
    private readonly EncodePlanner<TestWork> _planner = Planner();

    [Fact]
    public void An_idle_tower_waits_for_company_as_long_as_it_was_told()
    {
        EncodePlanner<TestWork> planner = Planner(delay: 0.010);
        TestWork first = Add(planner, arrived: 1), second = Add(planner, arrived: 1.004);

        WorkPlan<TestWork> early = planner.Plan(At(1.009), pending: 0);
        Assert.Empty(early.Taken);
        Assert.Equal(At(1.010), early.NextDue);
        Assert.Equal([first, second], planner.Plan(At(1.010), pending: 0).Taken);
    }

    [Fact]
    public void A_full_batch_waits_for_nothing()
    {
        EncodePlanner<TestWork> planner = Planner(delay: 0.010);
        for (int i = 0; i < 5; i++) Add(planner);
        Assert.Equal(4, planner.Plan(At(0), pending: 0).Taken.Count);
    }

    [Fact]
    public void While_a_batch_runs_only_a_full_one_is_started_and_none_more_than_the_tower_takes()
    {
        for (int i = 0; i < 3; i++) Add(_planner);
        Assert.Empty(_planner.Plan(At(1), pending: 1).Taken);
        Add(_planner);
        Assert.Empty(_planner.Plan(At(1), pending: 2).Taken);
        Assert.Equal(4, _planner.Plan(At(1), pending: 1).Taken.Count);
    }

    [Fact]
    public void A_large_picture_holds_no_full_batch_of_small_ones_back()
    {
        EncodePlanner<TestWork> planner = Planner(delay: 10);
        Add(planner, Large);
        for (int i = 0; i < 4; i++) Add(planner);
        Assert.All(planner.Plan(At(1), pending: 0).Taken, work => Assert.Equal(Small, work.Cost));
    }

    [Fact]
    public void A_large_picture_gets_its_turn_however_many_small_ones_come_and_though_the_tower_is_never_idle()
    {
        Add(_planner, Large);
        for (int batch = 0; batch < Lane<TestWork>.Patience; batch++) Assert.All(Next(pending: 1), work => Assert.Equal(Small, work.Cost));
        Assert.Equal(Large, Assert.Single(Next(pending: 1)).Cost);
    }

    [Fact]
    public void The_urgent_goes_first_and_the_rest_takes_the_places_that_are_left()
    {
        TestWork[] batch = [.. Enumerable.Range(0, 4).Select(_ => Add(_planner, priority: RequestPriority.Batch))];
        TestWork urgent = Add(_planner);
        Assert.Equal([urgent, batch[0], batch[1], batch[2]], _planner.Plan(At(0), pending: 0).Taken);
    }

    [Fact]
    public void What_is_not_urgent_gets_its_turn_however_much_urgent_work_comes()
    {
        TestWork patient = Add(_planner, priority: RequestPriority.Batch);
        for (int batch = 0; batch < Lane<TestWork>.Patience; batch++) Assert.DoesNotContain(patient, Next(pending: 0));
        Assert.Contains(patient, Next(pending: 0));
    }

    [Fact]
    public void Tenants_share_a_batch()
    {
        for (int i = 0; i < 20; i++) Add(_planner, tenant: "greedy");
        for (int i = 0; i < 2; i++) Add(_planner, tenant: "modest");
        Assert.Equal(2, _planner.Plan(At(0), pending: 0).Taken.Count(work => work.Tenant.Name == "modest"));
    }

    [Fact]
    public void What_is_cancelled_or_late_is_dropped_and_its_place_given_to_others()
    {
        TestWork cancelled = Add(_planner), late = Add(_planner, expires: 1), good = Add(_planner, expires: 1.001);
        cancelled.Cancel();
        WorkPlan<TestWork> plan = _planner.Plan(At(1), pending: 0);
        Assert.Same(good, Assert.Single(plan.Taken));
        Assert.Equal([(late, DropReason.Expired), (cancelled, DropReason.Cancelled)], plan.Dropped);
    }

    [Fact]
    public void What_is_to_run_alone_does_and_before_all_others()
    {
        TestWork[] failed = [Add(_planner), Add(_planner), Add(_planner)];
        _planner.RunAlone(_planner.Plan(At(0), pending: 0).Taken);
        TestWork other = Add(_planner);
        failed[1].Cancel();
        Assert.Same(failed[0], Assert.Single(_planner.Plan(At(0), pending: 0).Taken));
        WorkPlan<TestWork> next = _planner.Plan(At(0), pending: 0);
        Assert.Same(failed[2], Assert.Single(next.Taken));
        Assert.Equal([(failed[1], DropReason.Cancelled)], next.Dropped);
        Assert.Same(other, Assert.Single(_planner.Plan(At(0), pending: 0).Taken));
    }

    [Fact]
    public void No_more_than_the_queues_length_wait()
    {
        for (int i = 0; i < 32; i++) Add(_planner);
        Assert.False(_planner.TryAdd(new TestWork(Small)));
    }

    /// <summary>The next batch where more small and urgent pictures wait than it takes.</summary>
    private IReadOnlyList<TestWork> Next(int pending)
    {
        while (_planner.Count < 9) Add(_planner);
        return _planner.Plan(At(1), pending).Taken;
    }

    private static EncodePlanner<TestWork> Planner(double delay = 0) =>
        new(new EncodeLimits(BatchSize: 4, MaxPending: 2, QueueLength: 32, TimeSpan.FromSeconds(delay), [Small, Large]));

    private static TestWork Add(EncodePlanner<TestWork> planner, int cost = Small, string tenant = "a", RequestPriority priority = RequestPriority.Interactive, double arrived = 0, double? expires = null)
    {
        var work = new TestWork(cost, tenant, priority, arrived, expires);
        Assert.True(planner.TryAdd(work));
        return work;
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
