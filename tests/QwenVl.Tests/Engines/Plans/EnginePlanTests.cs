using System.Collections.Concurrent;
using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.TensorRt.Execution;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.TensorRt;

namespace QwenVl.Tests.Engines.Plans;

[Collection(NativeLibraryTests.Name)]
public sealed class EnginePlanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("device")]
    [InlineData("cloud")]
    [InlineData("golden")]
    public void A_checkpoint_becomes_an_engine_with_both_plans(string name)
    {
        PlanBuildOptions plans = TestPlans.Options;
        using Checkpoint checkpoint = Checkpoint.Open(name == "golden" ? GoldenFolder.Checkpoint : RepositoryFolder.File("engines", "nano", name));
        var reports = new ConcurrentQueue<EngineBuildProgress>();

        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), EngineBuildOptions.ForPlans(plans), _folder.File("engine"), new Collected(report =>
        {
            reports.Enqueue(report);
            Assert.False(Directory.Exists(_folder.File("engine")));
        }));

        EngineDirectory engine = EngineDirectory.Open(_folder.File("engine"));
        EnginePlans manifest = Assert.IsType<EnginePlans>(engine.Manifest.Plans);
        Assert.Equal((EngineDialect.TensorRt11, WeightFormat.BFloat16), (engine.Manifest.Dialect, engine.Manifest.DecoderWeights));
        Assert.Equal(("TensorRT-RTX", "1.7.1", "sm89", 0), (manifest.Product, manifest.Version, manifest.GpuArchitecture, manifest.OptimizationLevel));
        Assert.Equivalent(new EnginePlanLimits(2, 1, 64, 256, [256]), manifest.Limits, strict: true);
        foreach ((string path, EnginePlan plan) in ((string, EnginePlan)[])[(engine.VisionPlanPath!, manifest.Vision), (engine.DecoderPlanPath!, manifest.Decoder)])
        {
            PlanHeader header = Assert.NotNull(PlanHeader.Read(File.ReadAllBytes(path)));
            Assert.Equal((plans.Library.Version, plan.Bytes), (header.Version, header.Length));
            Assert.Equal(WeightFormat.BFloat16, plan.Precision);
            Assert.True(plan.Seconds > 0);
        }

        Assert.Equal(256, GraphSignature.Read(engine.DecoderModelPath).Input("key_cache.0").Shape[2].Length);
        Assert.Equal(["vision", "decoder", "vision plan", "decoder plan", "files"], reports.Select(report => report.Stage).Distinct());
        foreach (string stage in (string[])["vision plan", "decoder plan"])
        {
            double[] fractions = [.. reports.Where(report => report.Stage == stage).Select(report => report.Fraction)];
            Assert.Equal(fractions.Order(), fractions);
            Assert.Equal((0, 1), (fractions[0], fractions[^1]));
            Assert.True(fractions.Length > 3, "TensorRT's own progress is missing.");
        }
    }

    [Fact]
    public async Task A_plan_is_found_again_and_another_limit_level_architecture_or_verbosity_is_another_plan()
    {
        PlanBuildOptions plans = TestPlans.Options;
        SyntheticCheckpoint.Write(_folder.File("model"));
        var cache = new EngineCache(_folder.File("cache"), new FingerprintCache(_folder.File("fingerprints")));
        EngineDirectory first = await Get(plans);
        DateTime written = File.GetLastWriteTimeUtc(first.DecoderPlanPath!);

        Assert.Equal(first.Path, (await Get(plans with { TimingCachePath = _folder.File("timings") })).Path);
        Assert.Equal(written, File.GetLastWriteTimeUtc(first.DecoderPlanPath!));
        Assert.False(File.Exists(_folder.File("timings")));
        EngineDirectory[] others =
        [
            first,
            await Get(plans with { Limits = plans.Limits with { MaxBatch = 3 } }),
            await Get(plans with { Limits = plans.Limits with { MaxSequence = 320 } }),
            await Get(plans with { OptimizationLevel = 1 }),
            await Get(plans with { GpuArchitecture = "sm89+sm120" }),
            await Get(plans with { ListLayers = true }),
        ];
        Assert.Equal(others[4].Path, (await Get(plans with { GpuArchitecture = "sm120+sm89" })).Path);
        Assert.Equal("sm89+sm120", others[4].Manifest.Plans!.GpuArchitecture);
        Assert.Equal(others.Length, others.Select(engine => engine.Path).Distinct().Count());

        using (FileStream file = File.OpenWrite(first.DecoderPlanPath!)) file.SetLength(100);
        Assert.Contains("decoder.plan: 100 bytes where the manifest says", Assert.Throws<CheckpointException>(() => EngineDirectory.Open(first.Path)).Message, StringComparison.Ordinal);
        File.Delete(first.VisionPlanPath!);
        Assert.Contains("vision.plan: missing", Assert.Throws<CheckpointException>(() => EngineDirectory.Open(first.Path)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists((await Get(plans)).VisionPlanPath));

        Task<EngineDirectory> Get(PlanBuildOptions each) =>
            cache.GetOrBuildAsync(_folder.File("model"), EngineBuildOptions.ForPlans(each), cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Plans_compute_in_float32_where_it_is_asked_for()
    {
        PlanBuildOptions plans = TestPlans.Options;
        SyntheticCheckpoint.Write(_folder.File("model"));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), EngineBuildOptions.ForPlans(plans, WeightFormat.Float32), _folder.File("engine"));

        Assert.Equal(WeightFormat.Float32, EngineDirectory.Open(_folder.File("engine")).Manifest.Plans!.Decoder.Precision);
    }

    [Theory]
    [InlineData("vision plan")]
    [InlineData("decoder plan")]
    public async Task A_build_that_is_cancelled_within_TensorRT_leaves_nothing(string stage)
    {
        PlanBuildOptions plans = TestPlans.Options;
        SyntheticCheckpoint.Write(_folder.File("model"));
        using var cancelled = new CancellationTokenSource();
        var progress = new Collected(at =>
        {
            if (at.Stage == stage && at.Fraction > 0) cancelled.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new EngineCache(_folder.File("cache"), new FingerprintCache(_folder.File("fingerprints")))
            .GetOrBuildAsync(_folder.File("model"), EngineBuildOptions.ForPlans(plans), progress, cancelled.Token));

        Assert.Empty(Directory.GetDirectories(_folder.File("cache")));
    }

    [Fact]
    public void Without_plans_there_are_no_paths()
    {
        SyntheticCheckpoint.Write(_folder.File("model"));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        var options = new EngineBuildOptions { Dialect = EngineDialect.TensorRt11, VisionWeights = WeightFormat.BFloat16, DecoderWeights = WeightFormat.BFloat16 };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, _folder.File("engine"));

        EngineDirectory engine = EngineDirectory.Open(_folder.File("engine"));
        Assert.Equal((null, null, null), (engine.Manifest.Plans, engine.VisionPlanPath, engine.DecoderPlanPath));
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Collected(Action<EngineBuildProgress> then) : IProgress<EngineBuildProgress>
    {
        public void Report(EngineBuildProgress value) => then(value);
    }
}
