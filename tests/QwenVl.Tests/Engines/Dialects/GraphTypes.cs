using QwenVl.Engines.Graphs;
using QwenVl.Engines.Onnx;

namespace QwenVl.Tests.Engines.Dialects;

/// <summary>The number format of every value of a graph, by the operators' own rules.</summary>
internal static class GraphTypes
{
    // Operators whose inputs must all be of one type, and which inputs those are; all where none are named.
    private static readonly Dictionary<string, int[]> Alike = new()
    {
        ["Add"] = [],
        ["Sub"] = [],
        ["Mul"] = [],
        ["Div"] = [],
        ["Max"] = [],
        ["MatMul"] = [],
        ["Concat"] = [],
        ["Less"] = [],
        ["LessOrEqual"] = [],
        ["Greater"] = [],
        ["Range"] = [],
        ["LayerNormalization"] = [],
        ["RMSNormalization"] = [],
        ["Where"] = [1, 2],
        ["Attention"] = [0, 1, 2],
        ["TensorScatter"] = [0, 1],
    };

    public static Dictionary<string, ElementType> Of(ModelProto model)
    {
        var types = new Dictionary<string, ElementType>(StringComparer.Ordinal);
        foreach (ValueInfoProto input in model.Graph.Input) types[input.Name] = (ElementType)input.Type.TensorType.ElemType;
        foreach (TensorProto tensor in model.Graph.Initializer) types[tensor.Name] = (ElementType)tensor.DataType;
        foreach (NodeProto node in model.Graph.Node)
        {
            ElementType type = node.OpType switch
            {
                "Cast" => (ElementType)node.Attribute.Single(attribute => attribute.Name == "to").I,
                "Less" or "LessOrEqual" or "Greater" => ElementType.Bool,
                "Shape" => ElementType.Int64,
                "Where" => types[node.Input[1]],
                _ => types[node.Input[0]],
            };
            foreach (string output in node.Output) types[output] = type;
            if (node.OpType == "TopK") types[node.Output[1]] = ElementType.Int64;
        }

        return types;
    }

    /// <summary>The nodes that mix types.</summary>
    public static IEnumerable<string> Mixed(ModelProto model)
    {
        Dictionary<string, ElementType> types = Of(model);
        return model.Graph.Node
            .Where(node => Alike.TryGetValue(node.OpType, out int[]? which) && node.Input.Where((_, i) => which.Length == 0 || which.Contains(i)).Select(input => types[input]).Distinct().Count() > 1)
            .Select(node => $"{node.Name}: {string.Join(", ", node.Input.Select(input => types[input]))}");
    }
}
