using QwenVl.Client.Answers;
using QwenVl.Model.Features;

namespace QwenVl.Client.Routing;

/// <summary>
/// The default policy. On a good network with an idle server the large model writes most of an answer and the device its end; on
/// a bad network the device answers alone, at the 512 resolution; in between the route whose whole answer is there first. What
/// counts as good, bad and worth it are properties.
/// </summary>
public sealed class FastestRoute : IRoutingPolicy
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>The policy with its defaults.</summary>
    public static FastestRoute Default { get; } = new();

    /// <summary>Good network, idle server: the server writes at least this share of the tokens expected, 0 to 1. Default 0.8.</summary>
    public double CloudShare { get; init; } = 0.8;

    /// <summary>The answer that is shared out may take so many times as long as the fastest route's, at least 1. Default 1.1.</summary>
    public double MaxSlowdown { get; init; } = 1.1;

    /// <summary>… or this much longer, which nobody notices. Default 100 ms.</summary>
    public TimeSpan Unnoticed { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// … or is fine where each of its tokens comes before somebody who reads so many a second gets there. Default 12, nearly twice a fast
    /// reader's 300 words a minute. Infinity: only <see cref="MaxSlowdown"/> and <see cref="Unnoticed"/> count.
    /// </summary>
    public double ReadingTokensPerSecond { get; init; } = 12;

    /// <summary>A good network's round trip is at most this. Default 50 ms.</summary>
    public TimeSpan GoodRoundTrip { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A good network brings at least so many bytes a second. Default 3,000,000, which is 24 Mbit/s.</summary>
    public double GoodDownBytesPerSecond { get; init; } = 3_000_000;

    /// <summary>A bad network's round trip is at least this. Default 150 ms.</summary>
    public TimeSpan BadRoundTrip { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>A bad network brings fewer bytes a second than this. Default 250,000, which is 2 Mbit/s.</summary>
    public double BadDownBytesPerSecond { get; init; } = 250_000;

    /// <summary>A bad network takes fewer bytes a second than this. Default 80,000, which is 0.64 Mbit/s.</summary>
    public double BadUpBytesPerSecond { get; init; } = 80_000;

    /// <summary>Bad network: the device answers unless it would take more than so many times as long as the fastest route, at least 1. Default 2: what a bad network promises it seldom keeps.</summary>
    public double BadNetworkPatience { get; init; } = 2;

    /// <summary>A server whose questions wait longer than this is not idle. Default 100 ms.</summary>
    public TimeSpan IdleWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Features that take longer than this are asked for in half as many bits, and again where that is still too long. Default 100 ms.</summary>
    public TimeSpan SlowFeatures { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Metered network: seconds that a million bytes count for. Default 0.5.</summary>
    public double MeteredSecondsPerMegabyte { get; init; } = 0.5;

    /// <summary>Low battery: seconds that each second of the device's work counts for besides itself. Default 1.</summary>
    public double LowBatterySecondsPerSecond { get; init; } = 1;

    /// <inheritdoc/>
    public RouteDecision Decide(RoutingFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.Candidates.Count == 0) throw new ArgumentException("There is no route to choose from.", nameof(facts));
        var costs = new RouteCosts(facts);
        RoutePrediction[] routes = [.. facts.Candidates.Select(route => costs.Predict(Plan(route, facts, costs)))];
        // Of two that take the same the one with fewer bytes: a hybrid that is never handed over is the cloud with features for nothing.
        RoutePrediction best = routes.MinBy(route => (Cost(route, facts), route.Bytes))!;
        if (IsBad(facts.Network) && Local(facts, costs) is { } local && Cost(local, facts) <= Cost(best, facts) * BadNetworkPatience)
            return Choose(local, [.. routes.Where(route => route.Route != Route.DeviceOnly), local], facts, "the network is bad");
        // A device that is ahead of the server by itself has nothing to share.
        if (best.Route != Route.DeviceOnly && IsGood(facts) && Shared(facts, costs) is { } shared && IsSoonEnough(shared, best, facts))
            return Choose(shared, [.. routes.Where(route => route.Route != Route.Hybrid), shared], facts, "the network is good and the server idle");
        return Choose(best, routes, facts, facts.Candidates.Count == 1 ? "the only route there is" : Why(facts));
    }

    /// <summary>A route's plan, with features in fewer bytes where they would be slow.</summary>
    private RoutePlan Plan(Route route, RoutingFacts facts, RouteCosts costs)
    {
        RoutePlan plan = RoutePlan.Of(route, facts.Question);
        while (Smaller(plan.Encoding) is { } smaller && costs.DownSeconds(costs.FeatureBytes(plan.Resolution, plan.Encoding)) > SlowFeatures.TotalSeconds)
            plan = plan with { Encoding = smaller };
        return plan;
    }

    private static FeatureEncoding? Smaller(FeatureEncoding encoding) => encoding switch
    {
        FeatureEncoding.Float16 => FeatureEncoding.Int8Row,
        FeatureEncoding.Int8Row => FeatureEncoding.Int4Group,
        _ => null,
    };

    /// <summary>The device alone, with as few pixels as the caller allows.</summary>
    private static RoutePrediction? Local(RoutingFacts facts, RouteCosts costs)
    {
        if (!facts.Candidates.Contains(Route.DeviceOnly)) return null;
        RoutePlan plan = RoutePlan.Of(Route.DeviceOnly, facts.Question);
        return costs.Predict(plan.Resolution == PictureResolution.Auto ? plan with { Resolution = PictureResolution.Pixels512 } : plan);
    }

    /// <summary>The server's share first, the device's after it.</summary>
    private RoutePrediction? Shared(RoutingFacts facts, RouteCosts costs)
    {
        if (!facts.Candidates.Contains(Route.Hybrid)) return null;
        int share = (int)Math.Clamp(Math.Round(facts.Question.ExpectedTokens * CloudShare), 1, int.MaxValue);
        RoutePlan plan = Plan(Route.Hybrid, facts, costs);
        return costs.Predict(plan with { TakeOverAfter = Math.Max(share, plan.TakeOverAfter) });
    }

    /// <summary>Whether nobody minds that an answer is shared out: it is hardly later than the fastest, or ahead of whoever reads it.</summary>
    private bool IsSoonEnough(RoutePrediction shared, RoutePrediction best, RoutingFacts facts)
    {
        double fastest = Cost(best, facts);
        if (Cost(shared, facts) <= Math.Max(fastest * MaxSlowdown, fastest + Unnoticed.TotalSeconds)) return true;
        return facts.Device?.DecodeTokensPerSecond >= ReadingTokensPerSecond
            && shared.FirstDeviceToken - shared.FirstToken <= TimeSpan.FromSeconds(shared.CloudTokens / ReadingTokensPerSecond);
    }

    private bool IsBad(NetworkFacts network) =>
        network.RoundTrip >= BadRoundTrip || network.DownBytesPerSecond < BadDownBytesPerSecond || network.UpBytesPerSecond < BadUpBytesPerSecond;

    private bool IsGood(RoutingFacts facts) =>
        !facts.Hints.IsBatteryLow && !facts.Hints.IsMetered
        && facts.Network.RoundTrip <= GoodRoundTrip
        && (facts.Network.DownBytesPerSecond ?? facts.Network.UpBytesPerSecond ?? RoutingPriors.Down) >= GoodDownBytesPerSecond
        && (facts.Server.Wait ?? TimeSpan.Zero) <= IdleWait;

    /// <summary>Seconds until the answer is whole, and what else they are worth.</summary>
    private double Cost(RoutePrediction route, RoutingFacts facts) =>
        route.Total.TotalSeconds
        + (facts.Hints.IsMetered ? route.Bytes / BytesPerMegabyte * MeteredSecondsPerMegabyte : 0)
        + (facts.Hints.IsBatteryLow ? route.DeviceWork.TotalSeconds * LowBatterySecondsPerSecond : 0);

    private static string Why(RoutingFacts facts) => (facts.Hints.IsMetered, facts.Hints.IsBatteryLow) switch
    {
        (true, true) => "the fastest, bytes and the device's work weighed",
        (true, false) => "the fastest, bytes weighed as the network is metered",
        (false, true) => "the fastest, the device's work weighed as the battery is low",
        _ => "the fastest",
    };

    private static RouteDecision Choose(RoutePrediction chosen, IReadOnlyList<RoutePrediction> predictions, RoutingFacts facts, string why) => new()
    {
        Route = chosen.Route,
        Resolution = chosen.Resolution,
        FeatureEncoding = chosen.FeatureEncoding,
        TakeOverAfter = chosen.TakeOverAfter,
        Predicted = chosen,
        Predictions = predictions,
        Explanation = RouteExplanation.Of(chosen, predictions, facts, why),
    };
}
