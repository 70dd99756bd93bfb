using FsCheck.Xunit;
using QwenVl.Client.Answers;
using QwenVl.Client.Routing;
using QwenVl.Model.Features;

namespace QwenVl.Tests.Client.Routing;

public sealed class FastestRoutePropertyTests
{
    private static readonly double[] Nasty = [0, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, 1e-9, 1, 1e9];

    [Property(MaxTest = 500)]
    public void Whatever_the_facts_say_predictions_are_times_and_the_same_facts_give_the_same_decision(int seed)
    {
        RoutingFacts facts = NastyFacts(new Random(seed));

        RouteDecision decision = FastestRoute.Default.Decide(facts), again = FastestRoute.Default.Decide(facts);

        Assert.Contains(decision.Route, facts.Candidates);
        Assert.Equal(facts.Candidates.Order(), decision.Predictions.Select(route => route.Route).Order());
        Assert.All(decision.Predictions, route =>
        {
            Assert.InRange(route.FirstToken, TimeSpan.Zero, TimeSpan.FromDays(1));
            Assert.InRange(route.Total, route.FirstToken, TimeSpan.FromDays(1));
            Assert.InRange(route.DeviceWork, TimeSpan.Zero, TimeSpan.FromDays(1));
            Assert.True(route.Bytes >= 0 && route.CloudTokens >= 0);
        });
        Assert.Equal((decision.Route, decision.Explanation, decision.Predicted), (again.Route, again.Explanation, again.Predicted));
    }

    [Property(MaxTest = 300)]
    public void Whoever_counts_seconds_only_gets_an_answer_hardly_later_than_the_fastest(int seed)
    {
        RoutingFacts facts = GoodFacts(seed);
        RouteDecision decision = new FastestRoute { ReadingTokensPerSecond = double.PositiveInfinity }.Decide(facts);
        TimeSpan fastest = facts.Candidates.Min(route => new RouteCosts(facts).Predict(RoutePlan.Of(route, facts.Question)).Total);

        TimeSpan most = new[] { fastest * FastestRoute.Default.MaxSlowdown, fastest + FastestRoute.Default.Unnoticed }.Max();
        Assert.True(decision.Predicted!.Total <= most + TimeSpan.FromTicks(1), $"{decision.Explanation}; the fastest takes {fastest}");
    }

    [Property(MaxTest = 300)]
    public void An_answer_that_is_shared_out_and_later_than_the_fastest_never_makes_its_reader_wait(int seed)
    {
        RoutingFacts facts = GoodFacts(seed);
        RoutePrediction chosen = FastestRoute.Default.Decide(facts).Predicted!;
        TimeSpan strict = new FastestRoute { ReadingTokensPerSecond = double.PositiveInfinity }.Decide(facts).Predicted!.Total;
        if (chosen.Total <= strict) return;

        double pace = FastestRoute.Default.ReadingTokensPerSecond, deviceToken = 1 / facts.Device!.DecodeTokensPerSecond!.Value;
        for (int token = chosen.CloudTokens; token < facts.Question.ExpectedTokens; token++)
        {
            double here = chosen.FirstDeviceToken!.Value.TotalSeconds + (token - chosen.CloudTokens) * deviceToken;
            Assert.True(here <= chosen.FirstToken.TotalSeconds + token / pace + 1e-6, $"token {token} comes at {here:0.00} s");
        }
    }

    [Property(MaxTest = 300)]
    public void Bytes_that_cost_money_are_never_more_than_those_that_cost_none(int seed)
    {
        RoutingFacts facts = SimulatedWorld.Facts(new Random(seed)) with { Hints = DeviceHints.None };
        var policy = new FastestRoute { GoodRoundTrip = TimeSpan.Zero, BadRoundTrip = TimeSpan.MaxValue, BadDownBytesPerSecond = 0, BadUpBytesPerSecond = 0 };

        Assert.True(policy.Decide(facts with { Hints = new DeviceHints { IsMetered = true } }).Predicted!.Bytes <= policy.Decide(facts).Predicted!.Bytes);
    }

    [Property(MaxTest = 60)]
    public void Decisions_come_to_the_best_route_where_the_model_is_wrong_and_the_facts_are_noisy(int seed)
    {
        double regret = new SimulatedWorld(seed).RegretOf(learns: true);

        // Facts are off by a fifth each time, so routes that differ by less cannot be told apart.
        Assert.InRange(regret, 0, 1.25);
    }

    [Fact]
    public void Without_learning_decisions_stay_wrong()
    {
        double learned = Enumerable.Range(0, 40).Average(seed => new SimulatedWorld(seed).RegretOf(learns: true));
        double not = Enumerable.Range(0, 40).Average(seed => new SimulatedWorld(seed).RegretOf(learns: false));

        Assert.True(learned < not, $"{learned:0.000} with learning, {not:0.000} without");
    }

    private static RoutingFacts GoodFacts(int seed) => SimulatedWorld.Facts(new Random(seed)) with { Network = SampleFacts.WiFi, Server = SampleFacts.Server };

    private static RoutingFacts NastyFacts(Random random)
    {
        double Any() => Nasty[random.Next(Nasty.Length)];
        double? Maybe() => random.Next(4) == 0 ? null : Any();
        TimeSpan? Time() => random.Next(4) == 0 ? null : TimeSpan.FromTicks(random.Next(5) switch { 0 => -1, 1 => 0, 2 => TimeSpan.MaxValue.Ticks, 3 => TimeSpan.MinValue.Ticks, _ => random.Next() });
        int Count() => random.Next(5) switch { 0 => 0, 1 => -5, 2 => int.MaxValue, _ => random.Next(1, 4096) };
        Route[] candidates = [.. SampleFacts.All.Where(_ => random.Next(2) == 0)];
        return new RoutingFacts
        {
            Candidates = candidates.Length > 0 ? candidates : SampleFacts.All,
            Question = new QuestionFacts
            {
                ImageBytes = random.Next(3) == 0 ? long.MaxValue : Count(),
                ImageIsKnown = random.Next(3) switch { 0 => null, 1 => true, _ => false },
                ImagePixels = random.Next(2) == 0 ? null : Count(),
                VisualTokens = random.Next(2) == 0 ? null : Count(),
                VisualTokens512 = random.Next(2) == 0 ? null : Count(),
                PromptTokens = Count() / 2,
                ExpectedTokens = Any(),
                TakeOverAfter = Count(),
                MaxCloudTokens = random.Next(2) == 0 ? null : Count(),
                FeatureEncoding = random.Next(2) == 0 ? FeatureEncoding.Float16 : FeatureEncoding.Int8Row,
            },
            Network = new NetworkFacts { UpBytesPerSecond = Maybe(), DownBytesPerSecond = Maybe(), RoundTrip = Time() },
            Server = new ServerFacts { Wait = Time(), FeatureWait = Time(), Preprocess = Time(), EncodeSecondsPerToken = Maybe(), PrefillSecondsPerToken = Maybe(), SecondsPerToken = Maybe(), FeatureSecondsPerToken = Maybe() },
            Device = random.Next(4) == 0 ? null : new DeviceFacts
            {
                FeatureWidth = Count(),
                TapCount = Count(),
                PrefillTokensPerSecond = Maybe(),
                DecodeTokensPerSecond = Maybe(),
                PrepareSecondsPerMegapixel = Maybe(),
                Vision = random.Next(2) == 0 ? [] : [new VisionTime(256, Any())],
            },
            Hints = new DeviceHints { IsMetered = random.Next(2) == 0, IsBatteryLow = random.Next(2) == 0 },
            Corrections = new Dictionary<Route, double> { [SampleFacts.All[random.Next(4)]] = Any() },
        };
    }
}
