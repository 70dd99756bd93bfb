namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>When requests start.</summary>
internal enum ArrivalProcess
{
    /// <summary>Independent of each other, as many users are.</summary>
    Poisson,

    /// <summary>At equal distances.</summary>
    Constant,
}

/// <summary>A rate that holds for a while.</summary>
/// <param name="Seconds">How long.</param>
/// <param name="Rate">Requests a second.</param>
internal sealed record RateStep(double Seconds, double Rate);

/// <summary>When requests start, and how many may be under way.</summary>
/// <param name="Process">How they are spread.</param>
/// <param name="Steps">Rates after each other; the last one lasts.</param>
/// <param name="MaxInFlight">A request that is due while as many are under way is shed and counted; it never waits.</param>
internal sealed record ArrivalOptions(ArrivalProcess Process, IReadOnlyList<RateStep> Steps, int MaxInFlight);
