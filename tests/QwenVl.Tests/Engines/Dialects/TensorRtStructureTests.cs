using QwenVl.Engines.Building;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Onnx;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;
using QwenVl.Model.Manifest;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Engines.Dialects;

public sealed class TensorRtStructureTests : IDisposable
{
    private static readonly string[] Layouts = ["Reshape", "Transpose", "Unsqueeze", "Slice", "Split", "Identity"];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<EngineDialect> Dialects => [EngineDialect.TensorRt10, EngineDialect.TensorRt11];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void No_operator_mixes_types_and_exponentials_are_float32(EngineDialect dialect)
    {
        foreach (ModelProto model in Models(Build(dialect)))
        {
            Dictionary<string, ElementType> types = GraphTypes.Of(model);

            Assert.Empty(GraphTypes.Mixed(model));
            Assert.All(model.Graph.Output, output => Assert.Equal((ElementType)output.Type.TensorType.ElemType, types[output.Name]));
            Assert.All(
                model.Graph.Node.Where(node => node.OpType is "Softmax" or "Exp" or "Cos" or "Sin" or "LayerNormalization" or "RMSNormalization" or "Sqrt" or "ReduceMean"),
                node => Assert.Equal(ElementType.Float32, types[node.Input[0]]));
            Assert.Contains(model.Graph.Node, node => node.OpType == "MatMul" && types[node.Input[0]] is ElementType.BFloat16);
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void The_checkpoint_s_matrices_are_used_in_place_and_as_they_are(EngineDialect dialect)
    {
        EngineDirectory engine = Build(dialect);

        Assert.DoesNotContain(Directory.EnumerateFiles(engine.Path), file => file.EndsWith(".bin", StringComparison.Ordinal));
        foreach (ModelProto model in Models(engine))
        {
            HashSet<string> outside = [.. model.Graph.Initializer.Where(tensor => tensor.DataLocation is TensorProto.Types.DataLocation.External).Select(tensor => tensor.Name)];
            Assert.All(model.Graph.Initializer.Where(tensor => tensor.Dims.Count == 2), tensor => Assert.Contains(tensor.Name, outside));
            // The patches' kernel and the position table are small, and computed with in float32.
            Assert.All(
                model.Graph.Node.Where(node => node.OpType == "Cast" && outside.Contains(node.Input[0])),
                node => Assert.Equal("model.visual.patch_embed.proj.weight", node.Input[0]));
        }
    }

    [Theory]
    [InlineData("F32", ElementType.Float32)]
    [InlineData("F16", ElementType.Float16)]
    public void A_checkpoint_of_another_type_is_cast_where_it_lies_and_not_copied(string stored, ElementType type)
    {
        SyntheticCheckpoint.Write(_folder.File("model"));
        int size = stored == "F32" ? 4 : 2;
        SyntheticCheckpoint.WriteFile(
            _folder.File("model", "model.safetensors"),
            [.. ExpectedTensors.Of(ModelConfigReader.Read(_folder.File("model"))).Select(tensor => (tensor.Name, tensor.Shape, new byte[size * tensor.Shape.Aggregate((left, right) => left * right)]))],
            stored);
        EngineDirectory engine = Build(EngineDialect.TensorRt10);

        Assert.DoesNotContain(Directory.EnumerateFiles(engine.Path), file => file.EndsWith(".bin", StringComparison.Ordinal));
        foreach (ModelProto model in Models(engine))
        {
            Dictionary<string, ElementType> types = GraphTypes.Of(model);
            Assert.Empty(GraphTypes.Mixed(model));
            string[] matrices = [.. model.Graph.Initializer.Where(tensor => tensor.DataLocation is TensorProto.Types.DataLocation.External).Select(tensor => tensor.Name)];
            Assert.All(matrices, matrix => Assert.Equal(type, types[matrix]));
            Assert.All(model.Graph.Node.Where(node => node.Input.Any(matrices.Contains)), node => Assert.Contains(node.OpType, (string[])["Cast", "Gather", "ReduceSum"]));
        }
    }

    [Theory]
    [InlineData(EngineDialect.TensorRt10, 20, 9)]
    [InlineData(EngineDialect.TensorRt11, 24, 10)]
    public void The_opset_is_the_dialect_s_and_no_other_domain_is_used(EngineDialect dialect, long opset, long irVersion)
    {
        foreach (ModelProto model in Models(Build(dialect)))
        {
            Assert.Equal((irVersion, opset, ""), (model.IrVersion, Assert.Single(model.OpsetImport).Version, model.OpsetImport[0].Domain));
            Assert.All(model.Graph.Node, node => Assert.Equal("", node.Domain));
        }
    }

    [Fact]
    public void Past_rows_are_never_joined_with_new_ones()
    {
        GraphProto graph = Models(Build(EngineDialect.TensorRt10))[1].Graph;
        HashSet<string> past = [.. graph.Input.Select(input => input.Name).Where(name => name.StartsWith("past_key.", StringComparison.Ordinal) || name.StartsWith("past_value.", StringComparison.Ordinal))];
        foreach (NodeProto node in graph.Node.Where(node => Layouts.Contains(node.OpType) && past.Contains(node.Input[0]))) past.UnionWith(node.Output);

        Assert.NotEmpty(past);
        Assert.DoesNotContain(graph.Node, node => node.OpType is "Concat" or "Attention" or "TensorScatter" && node.Input.Any(past.Contains));
    }

    [Fact]
    public void A_cache_is_written_in_place_by_one_node_that_gives_the_output()
    {
        GraphProto graph = Models(Build(EngineDialect.TensorRt11))[1].Graph;

        foreach (string cache in (string[])["key_cache.0", "value_cache.0", "key_cache.1", "value_cache.1"])
        {
            NodeProto reader = Assert.Single(graph.Node, node => node.Input.Contains(cache));
            Assert.Equal(("TensorScatter", "new_" + cache, "write_indices"), (reader.OpType, reader.Output[0], reader.Input[2]));
            Assert.Contains(graph.Output, output => output.Name == "new_" + cache);
        }

        Assert.All(graph.Node.Where(node => node.OpType == "Attention"), node => Assert.Equal(1, node.Attribute.Single(attribute => attribute.Name == "TRT_decomposable").I));
    }

    [Fact]
    public void No_more_tokens_are_ranked_than_there_are()
    {
        GraphTensor Ranked(int wanted) =>
            GraphSignature.Read(Build(EngineDialect.TensorRt10, wanted).DecoderModelPath).Output("top_tokens");

        Assert.Equal([new GraphDimension(-1, "B"), new GraphDimension(5, null)], Ranked(5).Shape);
        Assert.Equal(64, Ranked(100).Shape[1].Length);
    }

    public void Dispose() => _folder.Dispose();

    private static ModelProto[] Models(EngineDirectory engine) =>
        [.. new[] { engine.VisionModelPath, engine.DecoderModelPath }.Select(path => ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)))];

    private EngineDirectory Build(EngineDialect dialect, int topTokens = 64)
    {
        if (!Directory.Exists(_folder.File("model"))) SyntheticCheckpoint.Write(_folder.File("model"));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        string target = _folder.File($"{dialect}-{topTokens}");
        var options = new EngineBuildOptions { Dialect = dialect, VisionWeights = WeightFormat.BFloat16, DecoderWeights = WeightFormat.BFloat16, TopTokens = topTokens };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, target);
        return EngineDirectory.Open(target);
    }
}
