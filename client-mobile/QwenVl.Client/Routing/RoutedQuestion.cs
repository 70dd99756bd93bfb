using QwenVl.Client.Answers;

namespace QwenVl.Client.Routing;

/// <summary>A question with its route.</summary>
/// <param name="Question">As it is to be answered: its options name a route.</param>
/// <param name="Decision">Why.</param>
/// <param name="Facts">What the decision was made from.</param>
/// <param name="MayFallBack">Whether the device may answer where the server cannot be asked: the caller named no route, and there are engines.</param>
internal sealed record RoutedQuestion(AnswerQuestion Question, RouteDecision Decision, RoutingFacts Facts, bool MayFallBack);
