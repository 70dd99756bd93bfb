using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>Some of the requests of a run. Milliseconds are null where there were none.</summary>
/// <param name="Name">Which ones.</param>
/// <param name="DuePerSecond">Requests a second that were due.</param>
/// <param name="GoodPerSecond">Requests a second, by when they were due, that met the service level.</param>
/// <param name="RefusedPerSecond">Requests a second that were refused.</param>
/// <param name="FirstTokenP50Ms">To the first token, median.</param>
/// <param name="FeaturesP50Ms">To the last feature chunk, median.</param>
/// <param name="AnswerP50Ms">To the end of the answer, median.</param>
/// <param name="AnswerP99Ms">The same, 99th percentile.</param>
/// <param name="RefusalP50Ms">To the refusal, median.</param>
internal sealed record GroupSummary(
    string Name, double DuePerSecond, double GoodPerSecond, double RefusedPerSecond, double? FirstTokenP50Ms, double? FeaturesP50Ms, double? AnswerP50Ms, double? AnswerP99Ms, double? RefusalP50Ms)
{
    /// <summary>The requests due in each step of a profile; none where the rate does not change.</summary>
    public static IReadOnlyList<GroupSummary> OfSteps(Scenario scenario, IReadOnlyList<RequestRow> rows)
    {
        var groups = new List<GroupSummary>();
        IReadOnlyList<RateStep> steps = scenario.Arrivals.Steps;
        double end = -scenario.WarmUp.TotalSeconds, length = scenario.Duration.TotalSeconds;
        for (int i = 0; i < steps.Count && steps.Count > 1; i++)
        {
            double from = Math.Max(0, end);
            end = i == steps.Count - 1 ? length : Math.Min(length, end + steps[i].Seconds);
            if (end <= from) continue;
            RequestRow[] due = [.. rows.Where(row => row.StartSeconds >= from && row.StartSeconds < end)];
            groups.Add(Of(FormattableString.Invariant($"{from:0.#} to {end:0.#} s, {steps[i].Rate:0.##} a second"), due, end - from));
        }

        return groups;
    }

    /// <summary>The requests of each network; none where there is one.</summary>
    public static IReadOnlyList<GroupSummary> OfNetworks(Scenario scenario, IReadOnlyList<RequestRow> rows)
    {
        if (scenario.Networks.Count < 2) return [];
        ILookup<int, RequestRow> byNetwork = rows.ToLookup(row => row.Network);
        return [.. scenario.Networks.Select((network, index) => Of(network.Name, [.. byNetwork[index]], scenario.Duration.TotalSeconds))];
    }

    private static GroupSummary Of(string name, RequestRow[] rows, double seconds)
    {
        RequestRow[] answered = [.. rows.Where(row => row.Kind == OutcomeKind.Answered)];
        return new GroupSummary(
            name,
            rows.Length / seconds,
            rows.Count(row => row.IsGood) / seconds,
            rows.Count(row => row.Kind == OutcomeKind.Refused) / seconds,
            Percentile(answered.Select(row => row.FirstTokenMs), 0.5),
            Percentile(answered.Select(row => row.FeaturesMs), 0.5),
            Percentile(answered.Select(row => (double?)row.EndMs), 0.5),
            Percentile(answered.Select(row => (double?)row.EndMs), 0.99),
            Percentile(rows.Where(row => row.Kind == OutcomeKind.Refused).Select(row => (double?)row.EndMs), 0.5));
    }

    /// <summary>A percentile of those values that are there; null where none is.</summary>
    internal static double? Percentile(IEnumerable<double?> values, double share)
    {
        double[] sorted = [.. values.OfType<double>().Order()];
        return sorted.Length == 0 ? null : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }
}
