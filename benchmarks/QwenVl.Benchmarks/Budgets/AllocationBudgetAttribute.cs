namespace QwenVl.Benchmarks.Budgets;

/// <summary>The most bytes that one call of a benchmark may allocate on the managed heap.</summary>
/// <param name="bytes">Bytes a call, what it returns included.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AllocationBudgetAttribute(long bytes) : Attribute
{
    /// <summary>Bytes a call.</summary>
    public long Bytes { get; } = bytes;
}
