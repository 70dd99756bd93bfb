using System.Diagnostics.Metrics;

namespace QwenVl.Runtime.Telemetry;

/// <summary>What the shared tier counts.</summary>
public sealed class SharedTierMetrics
{
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _bytes;

    internal SharedTierMetrics(Meter meter)
    {
        _duration = meter.CreateHistogram("qwenvl.shared_tier.duration", "s", "One read or write of the shared tier.", advice: RuntimeMetrics.Durations);
        _errors = meter.CreateCounter<long>("qwenvl.shared_tier.errors", "{error}", "Reads and writes of the shared tier that failed, by reason.");
        _bytes = meter.CreateCounter<long>("qwenvl.shared_tier.io", "By", "Bytes read from and written to the shared tier.");
    }

    internal void Ended(string operation, double seconds, long bytes)
    {
        var tag = new KeyValuePair<string, object?>("operation", operation);
        _duration.Record(seconds, tag);
        _bytes.Add(bytes, tag);
    }

    internal void Failed(string operation, string reason) =>
        _errors.Add(1, new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("reason", reason));
}
