using QwenVl.Engines.Graphs;
using QwenVl.Engines.Onnx;

namespace QwenVl.Engines.Plans;

/// <summary>What a graph takes and gives, as its file declares it.</summary>
/// <param name="Inputs">In the file's order.</param>
/// <param name="Outputs">In the file's order.</param>
public sealed record GraphSignature(IReadOnlyList<GraphTensor> Inputs, IReadOnlyList<GraphTensor> Outputs)
{
    /// <summary>Reads the declarations of an emitted graph; its weights stay where they are.</summary>
    /// <param name="modelPath">An engine's <c>vision.onnx</c> or <c>decoder.onnx</c>.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="Google.Protobuf.InvalidProtocolBufferException">It is no graph.</exception>
    public static GraphSignature Read(string modelPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        using FileStream file = File.OpenRead(modelPath);
        return Of(ModelProto.Parser.ParseFrom(file).Graph);
    }

    /// <summary>An input by its name.</summary>
    /// <exception cref="KeyNotFoundException">The graph has no such input.</exception>
    public GraphTensor Input(string name) => Find(Inputs, name, "input");

    /// <summary>An output by its name.</summary>
    /// <exception cref="KeyNotFoundException">The graph has no such output.</exception>
    public GraphTensor Output(string name) => Find(Outputs, name, "output");

    internal static GraphSignature Of(GraphProto graph) => new([.. graph.Input.Select(Describe)], [.. graph.Output.Select(Describe)]);

    private static GraphTensor Find(IReadOnlyList<GraphTensor> all, string name, string what) =>
        all.FirstOrDefault(tensor => tensor.Name == name) ?? throw new KeyNotFoundException($"The graph has no {what} {name}; it has {string.Join(", ", all.Select(tensor => tensor.Name))}.");

    private static GraphTensor Describe(ValueInfoProto value)
    {
        TypeProto.Types.Tensor tensor = value.Type.TensorType;
        return new GraphTensor(value.Name, (ElementType)tensor.ElemType, [.. tensor.Shape.Dim.Select(dimension =>
            dimension.ValueCase is TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam
                ? new GraphDimension(-1, dimension.DimParam)
                : new GraphDimension(dimension.DimValue, null))]);
    }
}
