namespace QwenVl.Engines.Graphs;

/// <summary>The operators of the standard that all dialects share, typed.</summary>
internal static class GraphOperations
{
    public static Value Add(this GraphBuilder graph, Value left, Value right) => graph.Node("Add", [left, right]);

    public static Value Subtract(this GraphBuilder graph, Value left, Value right) => graph.Node("Sub", [left, right]);

    public static Value Multiply(this GraphBuilder graph, Value left, Value right) => graph.Node("Mul", [left, right]);

    public static Value MatMul(this GraphBuilder graph, Value left, Value right) => graph.Node("MatMul", [left, right]);

    public static Value Cast(this GraphBuilder graph, Value value, ElementType type) => graph.Node("Cast", [value], ("to", (long)type));

    /// <param name="graph">The graph.</param>
    /// <param name="value">The value.</param>
    /// <param name="shape">0 keeps a dimension, one −1 takes what is left.</param>
    public static Value Reshape(this GraphBuilder graph, Value value, params ReadOnlySpan<long> shape) => graph.Node("Reshape", [value, graph.Longs(shape)]);

    public static Value Transpose(this GraphBuilder graph, Value value, params long[] order) => graph.Node("Transpose", [value], ("perm", order));

    public static Value Unsqueeze(this GraphBuilder graph, Value value, params ReadOnlySpan<long> axes) => graph.Node("Unsqueeze", [value, graph.Longs(axes)]);

    public static Value Concat(this GraphBuilder graph, long axis, params ReadOnlySpan<Value> values) => graph.Node("Concat", values, ("axis", axis));

    public static Value Gather(this GraphBuilder graph, Value data, Value indexes, long axis = 0) => graph.Node("Gather", [data, indexes], ("axis", axis));

    /// <summary>Equal parts along an axis.</summary>
    public static Value[] Split(this GraphBuilder graph, Value value, int parts, long axis) =>
        graph.Nodes("Split", [value], parts, ("axis", axis), ("num_outputs", (long)parts));

    /// <summary>Parts of given lengths along the last axis.</summary>
    public static Value[] Split(this GraphBuilder graph, Value value, params ReadOnlySpan<long> lengths) =>
        graph.Nodes("Split", [value, graph.Longs(lengths)], lengths.Length, ("axis", -1L));

    public static Value Softmax(this GraphBuilder graph, Value value) => graph.Node("Softmax", [value], ("axis", -1L));

    /// <summary>One dimension of a value, a whole number without dimensions.</summary>
    public static Value LengthOf(this GraphBuilder graph, Value value, long axis) =>
        graph.Gather(graph.Node("Shape", [value]), graph.Long(axis));

    /// <summary>Sum, maximum and the like, whose axes stay with length 1.</summary>
    public static Value ReduceKeeping(this GraphBuilder graph, string op, Value value, params ReadOnlySpan<long> axes) =>
        graph.Node(op, [value, graph.Longs(axes)], ("keepdims", 1L));

    public static Value ReduceSum(this GraphBuilder graph, Value value, long axis) => graph.Node("ReduceSum", [value, graph.Longs(axis)], ("keepdims", 0L));
}
