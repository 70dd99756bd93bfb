namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>All answers of one route over one network under one load.</summary>
/// <param name="Load">What else the server did.</param>
/// <param name="Network">Over which network.</param>
/// <param name="Route">By which way.</param>
/// <param name="Answers">Answers.</param>
/// <param name="Failures">Questions without one.</param>
/// <param name="RightShare">The share of all questions that were answered right.</param>
/// <param name="FirstTokenMs">Median time to the first token of those answered; null where none was, as all times.</param>
/// <param name="TotalMs">Median time to the whole answer.</param>
/// <param name="SlowTotalMs">The time to the whole answer that one in ten exceeds.</param>
/// <param name="MeanTotalMs">Mean time to the whole answer.</param>
/// <param name="BytesUp">Mean bytes to the server.</param>
/// <param name="BytesDown">Mean bytes from it.</param>
/// <param name="CloudShare">The share of tokens that the server wrote.</param>
/// <param name="PrefillMs">Median time that the device's decoder computed for the prompt; null where it did nothing.</param>
/// <param name="PrefillRestMs">Median time from the last feature chunk to the end of prefill; null where no features came.</param>
internal sealed record RouteSummary(
    string Load, string Network, string Route, int Answers, int Failures, double RightShare, double? FirstTokenMs, double? TotalMs, double? SlowTotalMs, double? MeanTotalMs, double BytesUp, double BytesDown,
    double CloudShare, double? PrefillMs, double? PrefillRestMs)
{
    /// <summary>Sums answers up, in the order in which they came.</summary>
    public static IReadOnlyList<RouteSummary> Of(IEnumerable<RouteAnswer> answers) =>
        [.. answers.GroupBy(answer => (answer.Load, answer.Network, answer.Route)).Select(group => Of(group.Key.Load, group.Key.Network, group.Key.Route, [.. group]))];

    private static RouteSummary Of(string load, string network, string route, RouteAnswer[] all)
    {
        // Times are of answers: a refusal comes at once, and would make a server that refuses look fast.
        RouteAnswer[] answered = [.. all.Where(answer => answer.Failure is null)];
        long cloud = answered.Sum(answer => (long)answer.CloudTokens), tokens = cloud + answered.Sum(answer => (long)answer.DeviceTokens);
        return new RouteSummary(
            load,
            network,
            route,
            answered.Length,
            all.Length - answered.Length,
            all.Count(answer => answer.IsRight) / (double)all.Length,
            MedianOf(answered.Select(answer => (double?)answer.FirstTokenMs)),
            MedianOf(answered.Select(answer => (double?)answer.TotalMs)),
            answered.Length == 0 ? null : Quantile.Of(answered.Select(answer => answer.TotalMs), Quantile.Slowest),
            answered.Length == 0 ? null : answered.Average(answer => answer.TotalMs),
            all.Average(answer => (double)answer.BytesUp),
            all.Average(answer => (double)answer.BytesDown),
            tokens == 0 ? 0 : cloud / (double)tokens,
            MedianOf(answered.Select(answer => answer.PrefillMs)),
            MedianOf(answered.Select(answer => answer.PrefillRestMs)));
    }

    private static double? MedianOf(IEnumerable<double?> numbers)
    {
        double[] known = [.. numbers.OfType<double>()];
        return known.Length == 0 ? null : Quantile.Of(known, Quantile.Median);
    }
}
