using System.Globalization;
using Google.Protobuf;
using QwenVl.Engines.Building;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Execution;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.TensorRt;

namespace QwenVl.Tests.Engines.Plans;

[Collection(NativeLibraryTests.Name)]
public sealed class PlanBuilderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PlanBuildOptions _options = TestPlans.Options;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_older_dialect_is_built_too_with_weights_given_or_found(bool given)
    {
        EngineDirectory engine = Emit("device", EngineDialect.TensorRt10);

        foreach (PlanSource source in Sources(engine))
        {
            long bytes = new PlanBuilder(_options) { HandsWeightsOver = given }.Build(source, null, TestContext.Current.CancellationToken);

            Assert.Equal(bytes, Assert.NotNull(PlanHeader.Read(File.ReadAllBytes(source.PlanPath))).Length);
            Assert.False(File.Exists(source.LayersPath));
        }
    }

    [Fact]
    public void Options_and_profiles_reach_TensorRT()
    {
        EngineDirectory engine = Emit("device", EngineDialect.TensorRt11);
        PlanBuildOptions options = _options with
        {
            OptimizationLevel = 1,
            WorkspaceBytes = 3L << 20,
            ListLayers = true,
            GpuArchitecture = "sm86+sm120",
            Limits = _options.Limits with { PatchBuckets = [64, 128, 256] },
        };
        var seen = new List<(int, long, ProfilingVerbosity, string, int, string)>();
        var builder = new PlanBuilder(options)
        {
            BeforeBuild = (network, config) =>
            {
                string inputs = string.Join(' ', network.Inputs.Select(input => input.Name)), capabilities = string.Join(' ', config.ComputeCapabilities);
                seen.Add((config.OptimizationLevel, config.WorkspaceLimit, config.ProfilingVerbosity, capabilities, config.ProfileCount, inputs));
                throw new InvalidOperationException("seen");
            },
        };
        foreach (PlanSource source in Sources(engine))
        {
            Assert.Equal("seen", Assert.Throws<InvalidOperationException>(() => builder.Build(source, null, TestContext.Current.CancellationToken)).Message);
            Assert.Contains(File.ReadLines(source.LayersPath), name => name.Contains("MatMul", StringComparison.Ordinal));
        }

        string[] inputs = [.. new[] { engine.VisionModelPath, engine.DecoderModelPath }.Select(path => string.Join(' ', GraphSignature.Read(path).Inputs.Select(input => input.Name)))];
        Assert.Equal([(1, 3L << 20, ProfilingVerbosity.Detailed, "Sm86 Sm120", 3, inputs[0]), (1, 3L << 20, ProfilingVerbosity.Detailed, "Sm86 Sm120", 2, inputs[1])], seen);
    }

    [Fact]
    public void Gigabytes_of_weights_are_neither_copied_nor_read_before_the_build()
    {
        HollowCheckpoint.Require();
        HollowCheckpoint.Write(_folder.File("model"));
        EngineDirectory engine = Emit(_folder.File("model"), EngineDialect.TensorRt11);
        PlanSource source = Sources(engine)[1];
        long managed = GC.GetTotalAllocatedBytes(), resident = ResidentBytes(), managedThen = 0, residentThen = 0;
        var builder = new PlanBuilder(_options)
        {
            BeforeBuild = (_, _) =>
            {
                (managedThen, residentThen) = (GC.GetTotalAllocatedBytes(), ResidentBytes());
                throw new InvalidOperationException("seen");
            },
        };

        Assert.Throws<InvalidOperationException>(() => builder.Build(source, null, TestContext.Current.CancellationToken));

        Assert.InRange(managedThen - managed, 0, 64 << 20);
        Assert.InRange(residentThen - resident, long.MinValue, 512 << 20);
        Assert.Equal(["config.json", "decoder.onnx", "manifest.json", "tokenizer.json", "vision.onnx"], Directory.GetFiles(engine.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_unknown_operator_is_told_with_graph_and_node()
    {
        string says = Refusal(SmallModels.WithUnknownOperator());

        Assert.StartsWith("vision.onnx: ", says, StringComparison.Ordinal);
        Assert.All((string[])["decoder.Frobnicate", "Frobnicate"], part => Assert.Contains(part, says, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', says);
    }

    [Fact]
    public void A_product_of_unequal_types_is_told_with_graph_and_node()
    {
        var graph = new GraphBuilder("mixed", 20);
        Value x = graph.Input("x", ElementType.BFloat16, 4, 4);
        graph.EnterScope("block.7");
        graph.Output("y", graph.Node("MatMul", [x, graph.Floats("w", new float[16], 4, 4)]), ElementType.Float32, 4, 4);

        string says = Refusal(graph.Build("test").ToByteArray());

        Assert.StartsWith("vision.onnx: ", says, StringComparison.Ordinal);
        Assert.Contains("block.7.MatMul", says, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', says);
    }

    [Fact]
    public void Bytes_that_are_no_graph_and_limits_that_do_not_fit_are_told()
    {
        File.WriteAllBytes(_folder.File("vision.onnx"), [0xFF, 1, 2, 3]);
        Assert.StartsWith("vision.onnx: ", Assert.Throws<PlanBuildException>(() => Build(Source())).Message, StringComparison.Ordinal);

        PlanSource decoder = Sources(Emit("device", EngineDialect.TensorRt11))[1];
        var larger = new PlanBuilder(_options with { Limits = _options.Limits with { MaxSequence = 512 } });
        Assert.Contains("CacheCapacity", Assert.Throws<ArgumentException>(() => larger.Build(decoder, null, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_gone_or_cut_off_are_told_by_their_file()
    {
        SyntheticCheckpoint.Write(_folder.File("model"));
        PlanSource source = Sources(Emit(_folder.File("model"), EngineDialect.TensorRt11))[0];
        string weights = _folder.File("model", "model.safetensors");
        using (FileStream file = File.OpenWrite(weights)) file.SetLength(file.Length / 4);
        Assert.Contains($"{weights}: tensor ", Assert.Throws<CheckpointException>(() => Build(source)).Message, StringComparison.Ordinal);
        File.Delete(weights);
        Assert.Contains($"{weights}: cannot be mapped", Assert.Throws<CheckpointException>(() => Build(source)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(source.PlanPath));
    }

    public void Dispose() => _folder.Dispose();

    private string Refusal(byte[] graph)
    {
        File.WriteAllBytes(_folder.File("vision.onnx"), graph);
        PlanBuildException error = Assert.Throws<PlanBuildException>(() => Build(Source()));
        Assert.IsType<TensorRtException>(error.InnerException, exactMatch: false);
        return error.Message;
    }

    private void Build(PlanSource source) => new PlanBuilder(_options).Build(source, null, TestContext.Current.CancellationToken);

    private PlanSource Source() => new(_folder.File("vision.onnx"), _folder.Path, _folder.File("vision.plan"), _folder.File("layers.txt"), (_, _) => []);

    private PlanSource[] Sources(EngineDirectory engine) =>
    [
        new(engine.VisionModelPath, engine.VisionWeightsFolder, _folder.File("vision.plan"), _folder.File("vision.layers"), OptimizationProfiles.Vision),
        new(engine.DecoderModelPath, engine.DecoderWeightsFolder, _folder.File("decoder.plan"), _folder.File("decoder.layers"), OptimizationProfiles.Decoder),
    ];

    private EngineDirectory Emit(string model, EngineDialect dialect)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Path.IsPathRooted(model) ? model : RepositoryFolder.File("engines", "nano", model));
        var options = new EngineBuildOptions { Dialect = dialect, VisionWeights = WeightFormat.BFloat16, DecoderWeights = WeightFormat.BFloat16, CacheCapacity = 256 };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, _folder.File("engine"));
        return EngineDirectory.Open(_folder.File("engine"));
    }

    // Memory of the process's own, without pages of mapped files; 0 where the system does not say.
    private static long ResidentBytes()
    {
        string? line = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)) : null;
        return line is null ? 0 : 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
