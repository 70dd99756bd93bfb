using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Tests.Runtime.Queueing;

/// <summary>Work that remembers how it ended.</summary>
internal sealed class TestWork : QueuedWork, IDisposable
{
    private readonly CancellationTokenSource _cancel;

    public TestWork(int cost = 1, string tenant = "a", RequestPriority priority = RequestPriority.Interactive, double arrived = 0, double? expires = null)
        : this(new CancellationTokenSource(), cost, tenant, priority, arrived, expires)
    {
    }

    private TestWork(CancellationTokenSource cancel, int cost, string tenant, RequestPriority priority, double arrived, double? expires)
        : base(new RequestTerms { Tenant = new Tenant(tenant), Priority = priority }, cost, TimeSpan.FromSeconds(arrived), expires is { } at ? TimeSpan.FromSeconds(at) : null, cancel.Token) =>
        _cancel = cancel;

    /// <summary>How often it ended, by whatever cause.</summary>
    public int Ends { get; set; }

    public Exception? Failure { get; private set; }

    public void Cancel() => _cancel.Cancel();

    /// <inheritdoc/>
    public override void Fail(Exception error)
    {
        Failure = error;
        Ends++;
    }

    public void Dispose() => _cancel.Dispose();
}
