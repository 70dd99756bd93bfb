using QwenVl.Client.Answers;
using QwenVl.Client.Routing;
using QwenVl.Model.Features;

namespace QwenVl.Tests.Client.Routing;

/// <summary>A policy of one's own.</summary>
internal sealed class StubPolicy(Func<RoutingFacts, Route> choose) : IRoutingPolicy
{
    public List<RoutingFacts> Asked { get; } = [];

    public RouteDecision Decide(RoutingFacts facts)
    {
        Asked.Add(facts);
        return new RouteDecision
        {
            Route = choose(facts),
            Resolution = facts.Question.Resolution,
            FeatureEncoding = FeatureEncoding.Float16,
            TakeOverAfter = facts.Question.TakeOverAfter,
            Explanation = "as the stub says",
        };
    }
}
