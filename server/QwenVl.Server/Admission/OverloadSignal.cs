using Microsoft.Extensions.Options;
using QwenVl.Runtime.Errors;
using QwenVl.Server.Configuration;

namespace QwenVl.Server.Admission;

/// <summary>
/// Whether this server turns work away for want of room, as a load balancer should know: it goes by refusals that clients really
/// got, not by a guess from queue lengths. Safe for concurrent use.
/// </summary>
internal sealed class OverloadSignal(IOptions<ServerOptions> options, TimeProvider time)
{
    // Limits of one stream or one tenant are not here: their neighbours are served.
    private static readonly HashSet<string> ForWantOfRoom = [RequestReason.QueueFull, RequestReason.StreamLimit, RequestReason.ImageMemory];

    private long _lastRefusal = long.MinValue;

    /// <summary>Whether work was turned away within the last <see cref="ServerOptions.OverloadSeconds"/>.</summary>
    public bool IsOverloaded
    {
        get
        {
            long last = Interlocked.Read(ref _lastRefusal);
            return last != long.MinValue && time.GetElapsedTime(last) < TimeSpan.FromSeconds(options.Value.OverloadSeconds);
        }
    }

    /// <summary>Takes note of a refusal.</summary>
    /// <param name="reason">One of <see cref="RequestReason"/>.</param>
    public void Refused(string reason)
    {
        if (ForWantOfRoom.Contains(reason)) Interlocked.Exchange(ref _lastRefusal, time.GetTimestamp());
    }
}
