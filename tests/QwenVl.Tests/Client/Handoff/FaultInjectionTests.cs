using System.Collections.Concurrent;
using QwenVl.Client.Answers;

namespace QwenVl.Tests.Client.Handoff;

public sealed class FaultInjectionTests
{
    private const int SideBySide = 4;

    /// <summary>
    /// Answers may fail where a server is unusable more often in a row than a client asks again. Of ten thousand 7.1 % did, so
    /// that of a few hundred more than this share would not be chance.
    /// </summary>
    private const double MostFailed = 0.15;

    [Fact]
    public Task Answers_under_faults_have_no_gap_no_repeat_and_no_wrong_token() => RunAsync(400);

    [Fact(Explicit = true)]
    public Task Ten_thousand_answers_under_faults_have_no_gap_no_repeat_and_no_wrong_token() => RunAsync(10_000);

    private static async Task RunAsync(int runs)
    {
        var outcomes = new ConcurrentBag<FaultOutcome>();
        await Parallel.ForEachAsync(Enumerable.Range(0, runs), new ParallelOptions { MaxDegreeOfParallelism = SideBySide }, async (seed, _) =>
        {
            try
            {
                outcomes.Add(await FaultRun.RunAsync(seed));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}: {error.Message}", error);
            }
        });

        int failed = outcomes.Count(outcome => outcome.State == AnswerState.Failed);
        TestContext.Current.TestOutputHelper!.WriteLine($"{runs} answers: {outcomes.Count(outcome => outcome.State == AnswerState.Finished)} finished, {failed} failed, "
            + $"{outcomes.Count(outcome => outcome.State == AnswerState.GivenUp)} given up; {outcomes.Sum(outcome => outcome.Faults)} faults, {outcomes.Sum(outcome => outcome.Reconnects)} reconnects. "
            + string.Join(", ", outcomes.Where(outcome => outcome.Error is not null).CountBy(outcome => outcome.Error!.Code).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.Equal(runs, outcomes.Count);
        Assert.InRange(failed, 0, (int)(runs * MostFailed));
    }
}
