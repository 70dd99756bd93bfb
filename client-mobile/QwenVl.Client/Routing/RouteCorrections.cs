using QwenVl.Client.Answers;

namespace QwenVl.Client.Routing;

/// <summary>
/// By how much each route's predictions were off lately, as a factor: logarithms are averaged, so that twice too long and twice
/// too short cancel out. A factor fades while its route is not taken: what was slow an hour ago is tried again. Safe for concurrent use.
/// </summary>
internal sealed class RouteCorrections(TimeProvider time)
{
    /// <summary>A factor is between this and its inverse: more is a broken clock, or a phone that slept.</summary>
    public const double Most = 8;

    /// <summary>What a new answer counts for.</summary>
    public const double Weight = 0.3;

    private static readonly TimeSpan Fades = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<Route, (double Log, long At)> _logs = [];

    /// <summary>The factors now.</summary>
    public IReadOnlyDictionary<Route, double> Now()
    {
        lock (_gate) return _logs.Keys.ToDictionary(route => route, route => Math.Exp(Faded(route)));
    }

    /// <summary>An answer took its time.</summary>
    /// <param name="route">Its route.</param>
    /// <param name="predicted">What the model says, uncorrected, of an answer of this length.</param>
    /// <param name="actual">What it took.</param>
    public void Record(Route route, TimeSpan predicted, TimeSpan actual)
    {
        if (predicted <= TimeSpan.Zero || actual <= TimeSpan.Zero) return;
        double bound = Math.Log(Most), log = Math.Clamp(Math.Log(actual / predicted), -bound, bound);
        lock (_gate)
        {
            double before = Faded(route);
            _logs[route] = (before + Weight * (log - before), time.GetTimestamp());
        }
    }

    private double Faded(Route route) =>
        _logs.TryGetValue(route, out (double Log, long At) entry) ? entry.Log * Math.Exp(-(time.GetElapsedTime(entry.At) / Fades)) : 0;
}
