using System.Diagnostics;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Queueing;

/// <summary>
/// Start-time fair queueing: each tenant's work in the order it came, tenants by how much they have been served. A tenant
/// that asks for much waits behind itself. Whoever comes new starts level with those who wait, neither ahead nor behind.
/// </summary>
internal sealed class FairQueue<TWork>
    where TWork : QueuedWork
{
    private readonly Dictionary<Tenant, Flow> _flows = [];
    private readonly Dictionary<TWork, LinkedListNode<TWork>> _places = [];
    private long _virtualTime;

    /// <summary>How many wait.</summary>
    public int Count => _places.Count;

    /// <summary>What is next; null where nothing waits.</summary>
    public TWork? First => Waiting.MinBy(Turn)?.Head;

    /// <summary>The next of each tenant, in the order they are to be taken.</summary>
    public IEnumerable<TWork> Heads => Waiting.OrderBy(Turn).Select(flow => flow.Head);

    /// <summary>When the one that has waited longest came; null where nothing waits.</summary>
    public TimeSpan? Oldest => Count == 0 ? null : Waiting.Min(flow => flow.Head.Arrived);

    private IEnumerable<Flow> Waiting => _flows.Values.Where(flow => flow.Work.Count > 0);

    public bool Contains(TWork work) => _places.ContainsKey(work);

    public void Add(TWork work)
    {
        if (!_flows.TryGetValue(work.Tenant, out Flow? flow)) _flows[work.Tenant] = flow = new Flow();
        if (flow.Work.Count == 0) flow.Start = Math.Max(flow.Start, _virtualTime);
        _places[work] = flow.Work.AddLast(work);
    }

    /// <summary>Takes the first of a tenant to be served.</summary>
    public void Take(TWork head)
    {
        Flow flow = _flows[head.Tenant];
        Debug.Assert(flow.Head == head, "Only the first of a tenant is taken.");
        _virtualTime = Math.Max(_virtualTime, flow.Start);
        flow.Start += head.Cost;
        Remove(head);
    }

    /// <summary>Takes out what is not to be served; it costs its tenant nothing.</summary>
    public bool Remove(TWork work)
    {
        if (!_places.Remove(work, out LinkedListNode<TWork>? place)) return false;
        place.List!.Remove(place);
        Forget();
        return true;
    }

    private static (long Start, long Number) Turn(Flow flow) => (flow.Start, flow.Head.Number);

    /// <summary>Forgets tenants that are owed and owe nothing. One that has had more than its share is remembered until the others have caught up.</summary>
    private void Forget()
    {
        if (Count == 0)
        {
            _flows.Clear();
            _virtualTime = 0;
            return;
        }

        foreach ((Tenant tenant, Flow flow) in _flows)
            if (flow.Work.Count == 0 && flow.Start <= _virtualTime) _flows.Remove(tenant);
    }

    private sealed class Flow
    {
        public LinkedList<TWork> Work { get; } = [];

        public TWork Head => Work.First!.Value;

        /// <summary>How much the tenant has been served, on the scale of all.</summary>
        public long Start { get; set; }
    }
}
