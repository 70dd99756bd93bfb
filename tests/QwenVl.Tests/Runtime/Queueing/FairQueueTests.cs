using QwenVl.Runtime.Queueing;

namespace QwenVl.Tests.Runtime.Queueing;

public sealed class FairQueueTests
{
    private readonly FairQueue<TestWork> _queue = new();
    private long _number;

    [Fact]
    public void A_tenants_work_is_taken_in_the_order_it_came()
    {
        TestWork[] work = [.. Enumerable.Range(0, 5).Select(_ => Add("a"))];
        Assert.Equal(work, Enumerable.Range(0, 5).Select(_ => Take()));
        Assert.Null(_queue.First);
    }

    [Fact]
    public void A_tenant_that_asks_for_much_waits_behind_itself()
    {
        for (int i = 0; i < 100; i++) Add("greedy");
        Take();
        TestWork modest = Add("modest");
        Assert.Same(modest, Take());
    }

    [Fact]
    public void Tenants_share_by_cost_and_not_by_number()
    {
        for (int i = 0; i < 40; i++) Add("small", 256);
        for (int i = 0; i < 40; i++) Add("large", 1024);
        string[] taken = [.. Enumerable.Range(0, 20).Select(_ => Take().Tenant.Name)];
        Assert.Equal((16, 4), (taken.Count(name => name == "small"), taken.Count(name => name == "large")));
    }

    [Fact]
    public void Whoever_was_away_has_saved_nothing_up()
    {
        for (int i = 0; i < 20; i++) Add("a");
        for (int i = 0; i < 10; i++) Take();
        for (int i = 0; i < 20; i++) Add("late");
        string[] taken = [.. Enumerable.Range(0, 10).Select(_ => Take().Tenant.Name)];
        Assert.Equal(5, taken.Count(name => name == "late"));
    }

    [Fact]
    public void Whoever_comes_one_at_a_time_is_not_always_first()
    {
        for (int i = 0; i < 10; i++) Add("a");
        int first = 0;
        for (int i = 0; i < 10; i++)
        {
            if (!_queue.Heads.Any(work => work.Tenant.Name == "b")) Add("b");
            if (Take().Tenant.Name == "b") first++;
        }

        Assert.Equal(5, first);
    }

    [Fact]
    public void What_is_taken_out_costs_its_tenant_nothing()
    {
        TestWork[] gone = [.. Enumerable.Range(0, 5).Select(_ => Add("a", 1000))];
        TestWork kept = Add("a");
        Add("b");
        Assert.All(gone, work => Assert.True(_queue.Remove(work)));
        Assert.Same(kept, Take());
        Assert.False(_queue.Remove(kept));
    }

    private TestWork Add(string tenant, int cost = 1)
    {
        var work = new TestWork(cost, tenant) { Number = ++_number };
        _queue.Add(work);
        return work;
    }

    private TestWork Take()
    {
        TestWork first = _queue.First!;
        _queue.Take(first);
        return first;
    }
}
