namespace QwenVl.Client.Routing;

/// <summary>
/// Chooses who answers a question that names no route. Called on the caller's thread, from any number of threads at once; a
/// policy computes from the facts alone, so that the same facts give the same decision. Privacy has been judged before: what
/// must stay on the device is not asked about.
/// </summary>
public interface IRoutingPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="facts">All that has been measured; with at least one route to choose from.</param>
    /// <returns>A decision whose route is one of <see cref="RoutingFacts.Candidates"/>; any other is refused.</returns>
    RouteDecision Decide(RoutingFacts facts);
}
