namespace QwenVl.Client.Routing;

/// <summary>What was decided for an answer, and what it came to.</summary>
/// <param name="Decision">The decision, with what it predicted.</param>
/// <param name="FirstToken">What the first token really took, the decision included; null where there was no token.</param>
/// <param name="Total">What the whole answer really took, the decision included.</param>
public sealed record RouteOutcome(RouteDecision Decision, TimeSpan? FirstToken, TimeSpan Total);
