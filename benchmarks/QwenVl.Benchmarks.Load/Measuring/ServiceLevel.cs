using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>Whether requests met the service level.</summary>
internal static class ServiceLevel
{
    /// <summary>Whether a request was answered, rightly, and within every limit. Without limits every right answer is.</summary>
    public static bool IsMet(SloOptions slo, RequestOutcome outcome) =>
        outcome is { Kind: OutcomeKind.Answered, Violations.Count: 0 }
        && Within(outcome.FirstFeatures, slo.FirstFeaturesMs)
        && Within(outcome.Features, slo.FeaturesMs)
        && Within(outcome.FirstToken, slo.FirstTokenMs)
        && Within(outcome.End, slo.AnswerMs);

    // A client library does not say when features came: what was not observed is not held against a request.
    private static bool Within(TimeSpan? time, double? limitMs) => limitMs is null || time is null || time.Value.TotalMilliseconds <= limitMs;
}
