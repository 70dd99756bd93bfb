using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Queueing;

/// <summary>Work that waits for a thread. Times are those of one clock that only goes forward.</summary>
/// <param name="terms">On what terms.</param>
/// <param name="cost">What it takes from the tenant's share: patches or tokens, at least 1.</param>
/// <param name="arrived">When it came.</param>
/// <param name="expires">When it is too late; null for never.</param>
/// <param name="cancellation">Takes it out of the queue.</param>
internal abstract class QueuedWork(RequestTerms terms, int cost, TimeSpan arrived, TimeSpan? expires, CancellationToken cancellation)
{
    public Tenant Tenant => terms.Tenant;

    public RequestPriority Priority => terms.Priority;

    public int Cost { get; } = cost;

    public TimeSpan Arrived { get; } = arrived;

    public TimeSpan? Expires { get; } = expires;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Its place in the order of arrival, given by the queue.</summary>
    public long Number { get; set; }

    /// <summary>How often others were let past it because it did not fit.</summary>
    public int Bypassed { get; set; }

    /// <summary>What takes it out when it is cancelled.</summary>
    public CancellationTokenRegistration Registration { get; set; }

    public bool IsExpired(TimeSpan now) => Expires <= now;

    /// <summary>Ends it without a result.</summary>
    public abstract void Fail(Exception error);
}
