using FsCheck.Xunit;
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

    /// <summary>
    /// Work with k of its tenant's ahead waits for at most k + (T − 1)(⌊(k + 1) r⌋ + 1) others, T tenants and r the largest
    /// cost over the smallest, however much the others bring.
    /// </summary>
    [Property(MaxTest = 300, EndSize = 1500)]
    public void Nobody_waits_longer_for_others_than_their_share(byte[] script)
    {
        const int Tenants = 3, Least = 2, Most = 7;
        var choices = new Script(script);
        var places = new Dictionary<TestWork, (int Ahead, int Before)>();
        while (!choices.IsOver || _queue.Count > 0)
        {
            // The first tenant brings most of the work, and more comes than is taken while the script lasts.
            int choice = choices.IsOver ? 0 : choices.Next(8);
            if (choice > 2)
            {
                string tenant = $"tenant {Math.Max(0, choice - 5)}";
                int ahead = places.Keys.Count(other => other.Tenant.Name == tenant);
                places[Add(tenant, Least + choices.Next(1 + Most - Least))] = (ahead, 0);
            }
            else if (choice == 2 && places.Count > 0)
            {
                TestWork gone = places.Keys.ElementAt(choices.Next(places.Count));
                Assert.True(_queue.Remove(gone));
                places.Remove(gone);
            }
            else if (_queue.First is { } first)
            {
                _queue.Take(first);
                places.Remove(first, out (int Ahead, int Before) place);
                Assert.DoesNotContain(places.Keys, other => other.Tenant == first.Tenant && other.Number < first.Number);
                Assert.InRange(place.Before, 0, place.Ahead + (Tenants - 1) * ((place.Ahead + 1) * Most / Least + 1));
                foreach (TestWork other in places.Keys) places[other] = places[other] with { Before = places[other].Before + 1 };
            }
        }
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
