using Microsoft.Extensions.Time.Testing;
using QwenVl.Client.Answers;
using QwenVl.Client.Routing;

namespace QwenVl.Tests.Client.Routing;

/// <summary>
/// A phone, a network and a server that are what they are, while the policy sees them through noise, and routes that take longer than
/// the model says, each by a factor of its own.
/// </summary>
internal sealed class SimulatedWorld
{
    private const int Questions = 150;
    private const int Counted = 50;
    private const double Noise = 0.2;
    private const double MostBias = 3;

    // No preferences: what is tested is whether the fastest is found.
    private static readonly FastestRoute Policy = new()
    {
        GoodRoundTrip = TimeSpan.Zero,
        BadRoundTrip = TimeSpan.MaxValue,
        BadDownBytesPerSecond = 0,
        BadUpBytesPerSecond = 0,
        SlowFeatures = TimeSpan.MaxValue,
    };

    private readonly Random _random;
    private readonly RoutingFacts _truth;
    private readonly Dictionary<Route, double> _bias;

    public SimulatedWorld(int seed)
    {
        _random = new Random(seed);
        _truth = Facts(_random);
        _bias = SampleFacts.All.ToDictionary(route => route, _ => 1 + (MostBias - 1) * _random.NextDouble());
    }

    /// <summary>Any phone on any network with any server.</summary>
    public static RoutingFacts Facts(Random random)
    {
        double Between(double low, double high) => low * Math.Pow(high / low, random.NextDouble());
        return new RoutingFacts
        {
            Candidates = SampleFacts.All,
            Question = SampleFacts.Question with { ImageBytes = (long)Between(2e4, 4e6), ExpectedTokens = Between(4, 200), PromptTokens = random.Next(10, 200) },
            Network = new NetworkFacts { UpBytesPerSecond = Between(5e4, 2e7), DownBytesPerSecond = Between(1e5, 5e7), RoundTrip = TimeSpan.FromSeconds(Between(0.002, 0.4)) },
            Server = SampleFacts.Server with { Wait = TimeSpan.FromSeconds(Between(0.001, 4)), FeatureWait = TimeSpan.FromSeconds(Between(0.001, 1)), SecondsPerToken = Between(0.004, 0.06) },
            Device = SampleFacts.Phone with { Vision = [new VisionTime(256, Between(0.05, 8))], PrefillTokensPerSecond = Between(50, 2000), DecodeTokensPerSecond = Between(5, 100) },
        };
    }

    /// <summary>How much longer the last answers took on the average than by the best single route: 1 is as good as knowing it.</summary>
    public double RegretOf(bool learns)
    {
        var time = new FakeTimeProvider();
        var corrections = new RouteCorrections(time);
        double best = SampleFacts.All.Min(route => Actual(RoutePlan.Of(route, _truth.Question)));
        double sum = 0;
        for (int i = 0; i < Questions; i++)
        {
            RoutingFacts seen = Seen();
            RouteDecision decision = Policy.Decide(seen with { Corrections = corrections.Now() });
            var plan = new RoutePlan(decision.Route, decision.Resolution, decision.FeatureEncoding, decision.TakeOverAfter);
            double actual = Actual(plan);
            if (i >= Questions - Counted) sum += actual / best;
            time.Advance(TimeSpan.FromSeconds(5));
            if (learns) corrections.Record(decision.Route, new RouteCosts(seen).Predict(plan).Total, TimeSpan.FromSeconds(actual));
        }

        return sum / Counted;
    }

    private double Actual(RoutePlan plan) => new RouteCosts(_truth).Predict(plan).Total.TotalSeconds * _bias[plan.Route];

    private RoutingFacts Seen() => _truth with
    {
        Network = _truth.Network with { UpBytesPerSecond = Off(_truth.Network.UpBytesPerSecond), DownBytesPerSecond = Off(_truth.Network.DownBytesPerSecond), RoundTrip = _truth.Network.RoundTrip * Off(1) },
        Server = _truth.Server with { Wait = _truth.Server.Wait * Off(1), FeatureWait = _truth.Server.FeatureWait * Off(1), SecondsPerToken = Off(_truth.Server.SecondsPerToken) },
        Device = _truth.Device! with { PrefillTokensPerSecond = Off(_truth.Device.PrefillTokensPerSecond), DecodeTokensPerSecond = Off(_truth.Device.DecodeTokensPerSecond) },
    };

    private double Off(double? value) => value!.Value * Math.Exp(Noise * (2 * _random.NextDouble() - 1));
}
