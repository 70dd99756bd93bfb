using QwenVl.Client.Answers;
using QwenVl.Model.Features;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>One of the ways that are compared.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Route">Who does what.</param>
/// <param name="Features">How features are written.</param>
internal sealed record RouteChoice(string Name, Route Route, FeatureEncoding Features);
