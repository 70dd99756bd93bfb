namespace QwenVl.Engines.Plans;

/// <summary>A layer of a plan or, before TensorRT has fused them, of a network.</summary>
/// <param name="Name">Its name; of a fused layer, the names of what it was fused from.</param>
/// <param name="Type">What kind of layer; empty where that is not told.</param>
/// <param name="Outputs">Number formats and shapes of what it gives; empty where that is not told.</param>
public sealed record PlanLayer(string Name, string Type, string Outputs);
