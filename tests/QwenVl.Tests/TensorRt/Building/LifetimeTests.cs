using System.Runtime.CompilerServices;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Onnx;

namespace QwenVl.Tests.TensorRt.Building;

[Collection(NativeLibraryTests.Name)]
public sealed class LifetimeTests
{
    public static TheoryData<int> Orders => [.. Enumerable.Range(0, 24)];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Objects_can_be_disposed_in_any_order_and_more_than_once(int order)
    {
        TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        NetworkDefinition network = builder.CreateNetwork();
        OnnxParser parser = network.CreateOnnxParser();
        parser.Parse(SmallModels.Linear());
        BuilderConfig config = SmallModels.Configure(builder);
        List<IDisposable> objects = [builder, network, parser, config];

        for (; objects.Count > 0; order /= Math.Max(1, objects.Count))
        {
            IDisposable next = objects[order % objects.Count];
            objects.Remove(next);
            next.Dispose();
            next.Dispose();
        }

        Assert.Throws<ObjectDisposedException>(() => network.LayerCount);
        Assert.Throws<ObjectDisposedException>(builder.CreateNetwork);
    }

    [Fact]
    public void A_parser_disposed_before_the_build_leaves_its_weights()
    {
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
        using (network)
        using (config)
        using (HostMemory plan = builder.BuildPlan(network, config))
            Assert.True(plan.Length > 0);
    }

    [Fact]
    public void A_plan_outlives_its_builder()
    {
        HostMemory plan;
        using (TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder())
        {
            (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
            using (network)
            using (config)
                plan = builder.BuildPlan(network, config);
        }

        using (plan) Assert.Equal(plan.Length, plan.ToArray().Length);
    }

    [Fact]
    public void Objects_that_nobody_disposed_are_freed_by_the_collector()
    {
        Abandon();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        using NetworkDefinition network = builder.CreateNetwork();
        Assert.Equal(0, network.LayerCount);
    }

    [Fact]
    public void Two_hundred_builders_and_networks_leave_no_memory_behind()
    {
        const long Allowed = 16 << 20;
        for (int warm = 0; warm < 20; warm++) Cycle();
        long before = ResidentBytes();

        for (int cycle = 0; cycle < 200; cycle++) Cycle();

        Assert.InRange(ResidentBytes() - before, long.MinValue, Allowed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon()
    {
        for (int index = 0; index < 5; index++)
        {
            NetworkDefinition network = NvidiaLibraries.Rtx.CreateBuilder().CreateNetwork();
            network.CreateOnnxParser().Parse(SmallModels.Linear());
        }
    }

    private static void Cycle()
    {
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        using NetworkDefinition network = builder.CreateNetwork();
        using BuilderConfig config = builder.CreateConfig();
        using OptimizationProfile profile = builder.CreateOptimizationProfile();
        using OnnxParser parser = network.CreateOnnxParser();
        parser.Parse(SmallModels.Linear());
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
