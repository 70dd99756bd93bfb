using QwenVl.Engines.Building;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Engines.Plans;

public sealed class OptimizationProfilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_signature_tells_what_the_file_declares()
    {
        GraphSignature decoder = GraphSignature.Read(Build(EngineDialect.TensorRt11).DecoderModelPath);

        Assert.Equal(
            ["input_ids", "visual", "visual_taps", "visual_index", "position_ids", "write_indices", "active_rows", "key_cache.0", "value_cache.0", "key_cache.1", "value_cache.1", "last_index"],
            decoder.Inputs.Select(input => input.Name));
        Assert.Equal(ElementType.BFloat16, decoder.Input("key_cache.0").Type);
        Assert.Equal([new(-1, "B"), new(1, null), new(4096, null), new(16, null)], decoder.Input("key_cache.0").Shape);
        Assert.Contains("it has input_ids", Assert.Throws<KeyNotFoundException>(() => decoder.Input("none")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EngineDialect.TensorRt10)]
    [InlineData(EngineDialect.TensorRt11)]
    public void Vision_has_a_profile_for_each_bucket_of_patches(EngineDialect dialect)
    {
        GraphSignature graph = GraphSignature.Read(Build(dialect).VisionModelPath);

        IReadOnlyList<OptimizationProfileShapes> profiles = OptimizationProfiles.Vision(graph, new PlanLimits { MaxBatch = 4 });

        Assert.Equal(["vision-1024", "vision-4096"], profiles.Select(profile => profile.Name));
        Expect(profiles[0], "patches", [1, 4, 768], [4, 1024, 768], [4, 1024, 768]);
        Expect(profiles[1], "key_mask", [1, 1, 1, 1024], [4, 1, 1, 4096], [4, 1, 1, 4096]);
        Assert.All(profiles, profile => Complete(graph, profile));
    }

    [Fact]
    public void Decoding_and_reading_prompts_share_a_graph_whose_past_goes_in()
    {
        GraphSignature graph = GraphSignature.Read(Build(EngineDialect.TensorRt10).DecoderModelPath);

        IReadOnlyList<OptimizationProfileShapes> profiles = OptimizationProfiles.Decoder(graph, new PlanLimits { MaxBatch = 8, MaxPrefillBatch = 2, MaxChunk = 512, MaxSequence = 2048 });

        Assert.Equal(["decode", "prefill"], profiles.Select(profile => profile.Name));
        Expect(profiles[0], "input_ids", [1, 1], [8, 1], [8, 1]);
        Expect(profiles[0], "past_key.0", [1, 1, 64, 16], [8, 1, 1024, 16], [8, 1, 2048, 16]);
        Expect(profiles[0], "visual", [1, 16], [1, 16], [9, 16]);
        Expect(profiles[1], "position_ids", [3, 1, 1], [3, 1, 512], [3, 2, 512]);
        Expect(profiles[1], "past_value.1", [1, 1, 64, 16], [1, 1, 64, 16], [2, 1, 2048, 16]);
        Expect(profiles[1], "visual_taps", [1, 1, 16], [1, 513, 16], [1, 1025, 16]);
        Assert.All(profiles, profile => Complete(graph, profile));
    }

    [Fact]
    public void Decoding_and_reading_prompts_share_a_graph_that_writes_its_cache()
    {
        GraphSignature graph = GraphSignature.Read(Build(EngineDialect.TensorRt11).DecoderModelPath);

        IReadOnlyList<OptimizationProfileShapes> profiles = OptimizationProfiles.Decoder(graph, new PlanLimits { MaxChunk = 300 });

        Expect(profiles[0], "key_cache.1", [1, 1, 4096, 16], [8, 1, 4096, 16], [8, 1, 4096, 16]);
        Expect(profiles[0], "active_rows", [64], [1024], [4096]);
        Expect(profiles[1], "active_rows", [64], [320], [4096]);
        Assert.All(profiles, profile => Complete(graph, profile));
    }

    [Fact]
    public void Limits_that_no_graph_can_keep_are_refused()
    {
        GraphSignature decoder = GraphSignature.Read(Build(EngineDialect.TensorRt11).DecoderModelPath), vision = GraphSignature.Read(_folder.File("TensorRt11", "vision.onnx"));

        Refused("CacheCapacity", () => OptimizationProfiles.Decoder(decoder, new PlanLimits { MaxSequence = 8192 }));
        Refused("MaxSequence is 100", () => OptimizationProfiles.Decoder(decoder, new PlanLimits { MaxSequence = 100 }));
        Refused("B goes from 1", () => OptimizationProfiles.Decoder(decoder, new PlanLimits { MaxBatch = 0 }));
        Refused("Bucket of 30", () => OptimizationProfiles.Vision(vision, new PlanLimits { PatchBuckets = [30] }));
        Refused("Bucket of 64", () => OptimizationProfiles.Vision(vision, new PlanLimits { PatchBuckets = [128, 64] }));
        Refused("patches has a length N", () => OptimizationProfileShapes.Create("x", vision, new Dictionary<string, LengthRange> { ["B"] = new(1, 1, 1) }));

        static void Refused(string says, Action action) => Assert.Contains(says, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static void Expect(OptimizationProfileShapes profile, string input, long[] min, long[] opt, long[] max) =>
        Assert.Equivalent(new InputShapes(min, opt, max), profile.Inputs[input], strict: true);

    private static void Complete(GraphSignature graph, OptimizationProfileShapes profile)
    {
        Assert.Equal(graph.Inputs.Where(input => input.IsDynamic).Select(input => input.Name).Order(), profile.Inputs.Keys.Order());
        foreach ((string name, InputShapes shapes) in profile.Inputs)
        {
            Assert.Equal(graph.Input(name).Shape.Count, shapes.Opt.Length);
            Assert.All(shapes.Min.Zip(shapes.Opt, shapes.Max), lengths => Assert.True(lengths.First > 0 && lengths.First <= lengths.Second && lengths.Second <= lengths.Third));
        }
    }

    private EngineDirectory Build(EngineDialect dialect)
    {
        SyntheticCheckpoint.Write(_folder.File("model"));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        var options = new EngineBuildOptions { Dialect = dialect, VisionWeights = WeightFormat.BFloat16, DecoderWeights = WeightFormat.BFloat16 };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, _folder.File($"{dialect}"));
        return EngineDirectory.Open(_folder.File($"{dialect}"));
    }
}
