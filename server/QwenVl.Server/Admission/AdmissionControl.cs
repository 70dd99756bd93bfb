using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Tenancy;
using QwenVl.Server.Configuration;
using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Admission;

/// <summary>Bounds what each tenant, and all clients together, may hold. Safe for concurrent use.</summary>
internal sealed class AdmissionControl(IOptions<ServerOptions> server, IOptions<RuntimeOptions> runtime, LiveState live)
{
    private readonly ConcurrentDictionary<Tenant, TenantLoad> _loads = [];

    /// <summary>Lets a stream in, until the lease is disposed.</summary>
    /// <exception cref="RequestException">Too many are open.</exception>
    public Lease EnterStream(Tenant tenant) =>
        Enter(LoadOf(tenant).StreamsChanged, live.StreamsChanged, 1, server.Value.MaxStreamsPerTenant, server.Value.MaxStreams, RequestReason.StreamLimit, (most, whose) => $"{most} streams{whose} are open already. Try again later.");

    /// <summary>Lets an HTTP request in, until the lease is disposed.</summary>
    /// <exception cref="RequestException">Too many are under way.</exception>
    public Lease EnterRequest(Tenant tenant) =>
        Enter(LoadOf(tenant).RequestsChanged, live.RequestsChanged, 1, server.Value.MaxRequestsPerTenant, server.Value.MaxRequests, RequestReason.QueueFull, (most, whose) => $"{most} requests{whose} are under way already. Try again later.");

    /// <summary>Lets a picture's bytes be held, until the lease is disposed.</summary>
    /// <exception cref="RequestException">Too much is held.</exception>
    public Lease HoldImage(Tenant tenant, long bytes) =>
        Enter(LoadOf(tenant).ImageBytesChanged, live.ImageBytesChanged, bytes, Bytes(runtime.Value.MaxImageMemoryMbPerTenant), Bytes(runtime.Value.MaxImageMemoryMb), RequestReason.ImageMemory, (most, whose) => $"{most >> 20} MiB of pictures{whose} are held for clients already. Try again later.");

    private TenantLoad LoadOf(Tenant tenant) => _loads.GetOrAdd(tenant, _ => new TenantLoad());

    private static long Bytes(int mebibytes) => (long)mebibytes << 20;

    /// <param name="own">Changes what the tenant has.</param>
    /// <param name="all">Changes what all have.</param>
    /// <param name="by">By how much.</param>
    /// <param name="mostOwn">The most of the tenant; 0 where only all together are bounded.</param>
    /// <param name="mostOfAll">The most of all.</param>
    /// <param name="reason">Why it is refused.</param>
    /// <param name="message">The limit, and whose, to words.</param>
    private static Lease Enter(Func<long, long> own, Func<long, long> all, long by, long mostOwn, long mostOfAll, string reason, Func<long, string, string> message)
    {
        // What a tenant has too much of never counts for the others, not even for a moment.
        if (own(by) > mostOwn && mostOwn > 0)
        {
            own(-by);
            throw RequestException.Exhausted(reason, message(mostOwn, " of this tenant"));
        }

        if (all(by) > mostOfAll)
        {
            all(-by);
            own(-by);
            throw RequestException.Exhausted(reason, message(mostOfAll, ""));
        }

        return new Lease(() =>
        {
            all(-by);
            own(-by);
        });
    }
}
