using QwenVl.Engines.Building;
using QwenVl.Engines.Plans;
using QwenVl.Model.Manifest;
using QwenVl.Tests.TensorRt;

namespace QwenVl.Tests.Engines.Plans;

[Collection(NativeLibraryTests.Name)]
public sealed class PlanBuildOptionsTests
{
    [Fact]
    public void The_dialect_follows_from_the_library_and_the_capacity_from_the_limits()
    {
        EngineBuildOptions options = EngineBuildOptions.ForPlans(TestPlans.Options);

        options.Validate();
        Assert.Equal((EngineDialect.TensorRt11, WeightFormat.BFloat16, WeightFormat.BFloat16), (options.Dialect, options.VisionWeights, options.DecoderWeights));
        Assert.Equal((256, 4096), (options.GraphCapacity, (options with { Plans = null }).GraphCapacity));
        Assert.Equal(EngineDialect.TensorRt10, EngineBuildOptions.ForPlans(TestPlans.Options with { Library = NvidiaLibraries.TensorRt10 }).Dialect);
    }

    [Fact]
    public void What_TensorRT_cannot_build_is_refused_before_anything_is_read()
    {
        PlanBuildOptions plans = TestPlans.Options;
        EngineBuildOptions options = EngineBuildOptions.ForPlans(plans);

        Refused("OptimizationLevel is 6", options with { Plans = plans with { OptimizationLevel = 6 } });
        Refused("WorkspaceBytes is 0", options with { Plans = plans with { WorkspaceBytes = 0 } });
        Refused("sm90: TensorRT-RTX builds for sm75, sm80", options with { Plans = plans with { GpuArchitecture = "sm90" } });
        Refused("write sm90", options with { Plans = plans with { GpuArchitecture = "Hopper" } });
        Refused("MaxBatch is 0", options with { Plans = plans with { Limits = plans.Limits with { MaxBatch = 0 } } });
        Refused("MaxChunk is 512", options with { Plans = plans with { Limits = plans.Limits with { MaxChunk = 512 } } });
        Refused("MaxSequence is 100", options with { Plans = plans with { Limits = plans.Limits with { MaxSequence = 100 } } });
        Refused("PatchBuckets is empty", options with { Plans = plans with { Limits = plans.Limits with { PatchBuckets = [] } } });
        Refused("no plans of the OnnxRuntime dialect; take TensorRt11", options with { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 });
        Refused("Int8", options with { VisionWeights = WeightFormat.Int8 });
        PlanBuildOptions older = plans with { Library = NvidiaLibraries.TensorRt10, GpuArchitecture = "sm90" };
        Refused("TensorRT 10.6.0 builds no plans of the TensorRt11 dialect; take TensorRt10", options with { Plans = older });
        Refused("builds for one GPU", EngineBuildOptions.ForPlans(older with { GpuArchitecture = "sm80+sm90" }));
        (options with { Dialect = EngineDialect.TensorRt10 }).Validate();
    }

    [Fact]
    public void Architectures_have_one_name_each() => Assert.Equal(("sm89", "sm86+sm120"), (GpuArchitecture.Of(89), GpuArchitecture.Of(120, 86, 120)));

    private static void Refused(string says, EngineBuildOptions options) => Assert.Contains(says, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
}
