using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Admission;

/// <summary>Takes note of every refusal. Safe for concurrent use.</summary>
internal sealed class Refusals(ServerMetrics metrics, OverloadSignal overload)
{
    /// <summary>A request was refused.</summary>
    /// <param name="reason">One of <see cref="Runtime.Errors.RequestReason"/>.</param>
    public void Add(string reason)
    {
        metrics.Refused(reason);
        overload.Refused(reason);
    }
}
