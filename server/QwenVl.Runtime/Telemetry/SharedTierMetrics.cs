using System.Diagnostics.Metrics;

namespace QwenVl.Runtime.Telemetry;

/// <summary>What the shared tier counts.</summary>
public sealed class SharedTierMetrics
{
    /// <summary>Why reads and writes fail: as the server of the tier answers, or does not.</summary>
    internal const string Timeout = "timeout", CircuitOpen = "circuit_open", Connection = "connection", Server = "server";

    /// <summary>Why reads alone fail, and why writes alone do.</summary>
    internal const string Damaged = "damaged", QueueFull = "queue_full";

    internal const string Read = "read", Write = "write";

    private readonly Histogram<double> _duration;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _bytes;

    internal SharedTierMetrics(Meter meter)
    {
        _duration = meter.CreateHistogram("qwenvl.shared_tier.duration", "s", "One read or write of the shared tier.", advice: RuntimeMetrics.Durations);
        _errors = meter.CreateCounter<long>("qwenvl.shared_tier.errors", "{error}", "Reads and writes of the shared tier that failed, by reason.");
        _bytes = meter.CreateCounter<long>("qwenvl.shared_tier.io", "By", "Bytes read from and written to the shared tier.");
    }

    /// <summary>As <see cref="RuntimeMetrics.BeginAtZero"/>.</summary>
    internal void BeginAtZero()
    {
        foreach (string reason in (string[])[Timeout, CircuitOpen, Connection, Server])
        {
            Failed(Read, reason, 0);
            Failed(Write, reason, 0);
        }

        Failed(Read, Damaged, 0);
        Failed(Write, QueueFull, 0);
    }

    internal void Ended(string operation, double seconds, long bytes)
    {
        var tag = new KeyValuePair<string, object?>("operation", operation);
        _duration.Record(seconds, tag);
        _bytes.Add(bytes, tag);
    }

    internal void Failed(string operation, string reason) => Failed(operation, reason, 1);

    private void Failed(string operation, string reason, int count) =>
        _errors.Add(count, new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("reason", reason));
}
