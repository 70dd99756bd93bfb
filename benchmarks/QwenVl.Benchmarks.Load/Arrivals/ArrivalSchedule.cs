using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Benchmarks.Load.Arrivals;

/// <summary>The intended starts of requests, drawn before anything runs: what the server does changes none of them.</summary>
internal static class ArrivalSchedule
{
    /// <summary>Draws the starts.</summary>
    /// <param name="options">Process and rates.</param>
    /// <param name="length">No start is at or after it.</param>
    /// <param name="seed">The same seed gives the same starts.</param>
    /// <returns>Times since the beginning, ascending; drawn as they are asked for.</returns>
    public static IEnumerable<TimeSpan> Draw(ArrivalOptions options, TimeSpan length, int seed)
    {
        var random = new Random(seed);
        // A process of rate 1, stretched by the profile: the n-th request comes when the profile's integral reaches the sum of its gaps.
        double expected = options.Process == ArrivalProcess.Poisson ? 0 : -1;
        while (true)
        {
            expected += options.Process == ArrivalProcess.Poisson ? -Math.Log(1 - random.NextDouble()) : 1;
            double at = Inverse(options.Steps, expected);
            if (at >= length.TotalSeconds) yield break;
            yield return TimeSpan.FromSeconds(at);
        }
    }

    /// <summary>The rate that the profile states for a time.</summary>
    public static double RateAt(ArrivalOptions options, TimeSpan at)
    {
        double begin = 0;
        foreach (RateStep step in options.Steps)
        {
            begin += step.Seconds;
            if (at.TotalSeconds < begin) return step.Rate;
        }

        return options.Steps[^1].Rate;
    }

    /// <summary>The second in which so many requests are expected to have come.</summary>
    private static double Inverse(IReadOnlyList<RateStep> steps, double expected)
    {
        double begin = 0;
        for (int i = 0; i < steps.Count - 1; i++)
        {
            double comes = steps[i].Seconds * steps[i].Rate;
            if (expected < comes) return begin + expected / steps[i].Rate;
            expected -= comes;
            begin += steps[i].Seconds;
        }

        return begin + expected / steps[^1].Rate;
    }
}
