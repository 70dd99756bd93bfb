using QwenVl.Engines.Graphs;

namespace QwenVl.Engines.Plans;

/// <summary>One input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its number format.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
public sealed record GraphTensor(string Name, ElementType Type, IReadOnlyList<GraphDimension> Shape)
{
    /// <summary>Whether a run decides any of its lengths.</summary>
    public bool IsDynamic => Shape.Any(dimension => dimension.Symbol is not null);
}
