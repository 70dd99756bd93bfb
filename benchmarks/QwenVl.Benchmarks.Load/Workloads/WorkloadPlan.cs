using QwenVl.Benchmarks.Load.Arrivals;
using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Benchmarks.Load.Workloads;

/// <summary>Draws all requests of a scenario. The same scenario gives the same requests, whatever a server does.</summary>
internal static class WorkloadPlan
{
    private static readonly string[] Words = ["what", "is", "in", "the", "picture", "how", "many", "red", "circles", "are", "there", "read", "sign", "and", "describe", "left", "colour", "shapes", "of"];

    /// <summary>Draws the requests in the order in which they are due, as they are asked for.</summary>
    public static IEnumerable<PlannedRequest> Draw(Scenario scenario)
    {
        // Each kind of choice has its own numbers: a change of one share moves no other choice.
        Random prompts = Stream(scenario, 1), answers = Stream(scenario, 2), behaviours = Stream(scenario, 3), networks = Stream(scenario, 4);
        PictureSequence? pictures = scenario.Pictures is { } options ? new PictureSequence(options, Stream(scenario, 5)) : null;
        double[] weights = [.. scenario.Networks.Select(network => network.Weight)];
        int index = 0;
        foreach (TimeSpan start in ArrivalSchedule.Draw(scenario.Arrivals, scenario.WarmUp + scenario.Duration, scenario.Seed))
        {
            yield return new PlannedRequest(
                index++,
                start,
                start >= scenario.WarmUp,
                pictures?.Next(),
                Prompt(scenario.Question.PromptWords.Draw(prompts), prompts),
                scenario.Question.MaxNewTokens.Draw(answers),
                Pick(scenario.Shares, behaviours.NextDouble()),
                TimeSpan.FromMilliseconds(scenario.Shares.AfterMs.Draw(behaviours)),
                Weighted.Pick(weights, networks));
        }
    }

    private static Random Stream(Scenario scenario, int number)
    {
        const int Spread = 1_000_003;
        return new Random(unchecked(scenario.Seed * Spread + number));
    }

    private static string Prompt(int count, Random random) => string.Join(' ', Enumerable.Range(0, count).Select(_ => Words[random.Next(Words.Length)]));

    private static Behaviour Pick(ShareOptions shares, double at)
    {
        foreach ((double share, Behaviour behaviour) in ((double, Behaviour)[])
            [(shares.Cancel, Behaviour.Cancel), (shares.Leave, Behaviour.Leave), (shares.Crash, Behaviour.Crash), (shares.SlowReader, Behaviour.SlowReader), (shares.Local, Behaviour.Local)])
        {
            if (at < share) return behaviour;
            at -= share;
        }

        return Behaviour.Normal;
    }
}
