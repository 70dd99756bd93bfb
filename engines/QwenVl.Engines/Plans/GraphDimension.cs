namespace QwenVl.Engines.Plans;

/// <summary>One dimension of a graph's input or output.</summary>
/// <param name="Length">The length, or −1 where a run decides it.</param>
/// <param name="Symbol">What that length is called, the same in all inputs that share it; null where the length is fixed.</param>
public readonly record struct GraphDimension(long Length, string? Symbol);
