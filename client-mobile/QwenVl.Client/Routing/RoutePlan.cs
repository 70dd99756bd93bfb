using QwenVl.Client.Answers;
using QwenVl.Model.Features;

namespace QwenVl.Client.Routing;

/// <summary>One way to answer a question.</summary>
/// <param name="Route">Who does what.</param>
/// <param name="Resolution">At this resolution.</param>
/// <param name="Encoding">With features written like this.</param>
/// <param name="TakeOverAfter">Hybrid: the least tokens that the server writes.</param>
internal readonly record struct RoutePlan(Route Route, PictureResolution Resolution, FeatureEncoding Encoding, int TakeOverAfter)
{
    /// <summary>A route with what the question asks for.</summary>
    public static RoutePlan Of(Route route, QuestionFacts question) => new(route, question.Resolution, question.FeatureEncoding, question.TakeOverAfter);
}
