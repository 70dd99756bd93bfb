using Microsoft.Extensions.Options;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Errors;
using QwenVl.Server.Configuration;
using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Admission;

/// <summary>Bounds what all clients together may hold. Safe for concurrent use.</summary>
internal sealed class AdmissionControl(IOptions<ServerOptions> server, IOptions<RuntimeOptions> runtime, LiveState live)
{
    /// <summary>Lets a stream in, until the lease is disposed.</summary>
    /// <exception cref="RequestException">Too many are open.</exception>
    public Lease EnterStream() => Enter(live.StreamsChanged, 1, server.Value.MaxStreams, RequestReason.StreamLimit, $"{server.Value.MaxStreams} streams are open already. Try again later.");

    /// <summary>Lets an HTTP request in, until the lease is disposed.</summary>
    /// <exception cref="RequestException">Too many are under way.</exception>
    public Lease EnterRequest() => Enter(live.RequestsChanged, 1, server.Value.MaxRequests, RequestReason.QueueFull, $"{server.Value.MaxRequests} requests are under way already. Try again later.");

    /// <summary>Lets a picture's bytes be held, until the lease is disposed.</summary>
    /// <exception cref="RequestException">Too much is held.</exception>
    public Lease HoldImage(long bytes) =>
        Enter(live.ImageBytesChanged, bytes, (long)runtime.Value.MaxImageMemoryMb << 20, RequestReason.ImageMemory, $"{runtime.Value.MaxImageMemoryMb} MiB of pictures are held for clients already. Try again later.");

    private static Lease Enter(Func<long, long> change, long by, long most, string reason, string message)
    {
        if (change(by) <= most) return new Lease(() => change(-by));
        change(-by);
        throw RequestException.Exhausted(reason, message);
    }
}
