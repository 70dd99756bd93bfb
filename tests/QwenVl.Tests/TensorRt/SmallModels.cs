using System.Runtime.InteropServices;
using Google.Protobuf;
using QwenVl.Engines.Graphs;
using QwenVl.TensorRt.Building;

namespace QwenVl.Tests.TensorRt;

/// <summary>ONNX models that build in a moment.</summary>
internal static class SmallModels
{
    public const int Width = 4;
    public const int Hidden = 8;
    public const string Weights = "weights";

    // The last that every version reads.
    private const int Opset = 20;

    /// <summary>y = relu(x W), x of [rows, 4] with dynamic rows.</summary>
    public static byte[] Linear()
    {
        var graph = new GraphBuilder("linear", Opset);
        Value x = graph.Input("x", ElementType.Float32, "rows", Width);
        Value w = graph.Floats(Weights, [.. Enumerable.Range(0, Width * Hidden).Select(i => i * 0.01f)], Width, Hidden);
        Finish(graph, x, w);
        return graph.Build("test").ToByteArray();
    }

    /// <summary>The same with weights in a file beside the model.</summary>
    public static byte[] LinearWithExternalWeights(string file)
    {
        var graph = new GraphBuilder("linear", Opset);
        Value x = graph.Input("x", ElementType.Float32, "rows", Width);
        Value w = graph.External(Weights, (int)ElementType.Float32, [Width, Hidden], new ExternalData(file, 0, WeightBytes().Length));
        Finish(graph, x, w);
        return graph.Build("test").ToByteArray();
    }

    public static byte[] WeightBytes() => MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, Width * Hidden).Select(i => i * 0.01f)]).ToArray();

    /// <summary>A node that no version knows.</summary>
    public static byte[] WithUnknownOperator()
    {
        var graph = new GraphBuilder("unknown", Opset);
        Value x = graph.Input("x", ElementType.Float32, 1, Width);
        graph.EnterScope("decoder");
        Value y = graph.Node("Frobnicate", [graph.Node("Relu", [x])]);
        graph.Output("y", y, ElementType.Float32, 1, Width);
        return graph.Build("test").ToByteArray();
    }

    /// <summary>A product of matrices that do not fit: refused by shape inference.</summary>
    public static byte[] WithContradiction()
    {
        var graph = new GraphBuilder("contradiction", Opset);
        Value x = graph.Input("x", ElementType.Float32, 1, Width);
        Value w = graph.Floats(Weights, new float[Hidden * Hidden], Hidden, Hidden);
        graph.Output("y", graph.MatMul(x, w), ElementType.Float32, 1, Hidden);
        return graph.Build("test").ToByteArray();
    }

    /// <summary>A network of the linear model, with a profile of 1 to 16 rows, for one GPU that need not be there.</summary>
    public static (NetworkDefinition Network, BuilderConfig Config) Prepare(TensorRtBuilder builder)
    {
        NetworkDefinition network = builder.CreateNetwork();
        using (QwenVl.TensorRt.Onnx.OnnxParser parser = network.CreateOnnxParser()) parser.Parse(Linear());
        return (network, Configure(builder));
    }

    public static BuilderConfig Configure(TensorRtBuilder builder)
    {
        BuilderConfig config = builder.CreateConfig();
        using OptimizationProfile profile = builder.CreateOptimizationProfile();
        profile.SetShapes("x", [1, Width], [4, Width], [16, Width]);
        config.AddProfile(profile);
        config.SetComputeCapabilities(ComputeCapability.Sm89);
        return config;
    }

    private static void Finish(GraphBuilder graph, Value x, Value w) =>
        graph.Output("y", graph.Node("Relu", [graph.MatMul(x, w)]), ElementType.Float32, "rows", Hidden);
}
