using System.Diagnostics.Metrics;

namespace QwenVl.Benchmarks.Micro;

/// <summary>Meters that nobody listens to.</summary>
internal sealed class OwnMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        foreach (Meter meter in _meters) meter.Dispose();
    }
}
