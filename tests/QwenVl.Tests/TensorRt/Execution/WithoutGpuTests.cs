using QwenVl.TensorRt;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Execution;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.TensorRt.Execution;

/// <summary>What loading does on a machine without a GPU: it fails in managed code, with TensorRT's words.</summary>
[Collection(NativeLibraryTests.Name)]
public sealed class WithoutGpuTests
{
    private static readonly bool HasDriver = File.Exists("/proc/driver/nvidia/version");

    [Fact]
    public void TensorRT_makes_no_runtime_and_says_that_the_driver_is_missing()
    {
        RequireNoDriver();

        TensorRtException error = Assert.Throws<TensorRtException>(NvidiaLibraries.TensorRt10.CreateRuntime);

        Assert.Contains("CUDA", error.Message, StringComparison.Ordinal);
        Assert.Contains("driver", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.NativeMessages);
    }

    [Fact]
    public void TensorRT_makes_no_builder_and_says_what_it_needs()
    {
        RequireNoDriver();

        TensorRtException error = Assert.Throws<TensorRtException>(NvidiaLibraries.TensorRt10.CreateBuilder);

        Assert.Contains("builder resource", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TensorRT_with_builder_resources_and_without_a_driver_fails_instead_of_ending_the_process()
    {
        RequireNoDriver();
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.GetFiles(NvidiaLibraries.TensorRt10Path)) File.CreateSymbolicLink(folder.File(Path.GetFileName(file)), file);
        File.WriteAllBytes(folder.File("libnvinfer_builder_resource.so.10.6.0"), []);
        TensorRtLibrary library = TensorRtLibrary.Load(new TensorRtOptions { Location = folder.Path });

        Assert.Contains("driver", Assert.Throws<TensorRtException>(library.CreateBuilder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TensorRT_10_and_its_parser_are_recognised()
    {
        Assert.Equal(new TensorRtVersion(TensorRtProduct.TensorRt, 10, 6, 0), NvidiaLibraries.TensorRt10.Version);
        Assert.True(NvidiaLibraries.TensorRt10.HasOnnxParser);
    }

    [Fact]
    public void A_runtime_of_TensorRT_RTX_reads_its_settings_back()
    {
        using TensorRtRuntime runtime = NvidiaLibraries.Rtx.CreateRuntime();
        Assert.False(runtime.EngineHostCodeAllowed);

        runtime.EngineHostCodeAllowed = true;
        runtime.MaxThreads = 2;

        Assert.True(runtime.EngineHostCodeAllowed);
        Assert.Equal(2, runtime.MaxThreads);
    }

    [Fact]
    public void A_plan_from_memory_file_and_stream_is_refused_with_TensorRTs_words()
    {
        RequireNoDriver();
        using var folder = new TemporaryFolder();
        byte[] plan = Plan();
        File.WriteAllBytes(folder.File("linear.plan"), plan);
        using TensorRtRuntime runtime = NvidiaLibraries.Rtx.CreateRuntime();
        using var stream = new MemoryStream(plan);

        Assert.NotEmpty(Assert.Throws<TensorRtException>(() => runtime.Load(plan)).NativeMessages);
        Assert.NotEmpty(Assert.Throws<TensorRtException>(() => runtime.LoadFile(folder.File("linear.plan"))).NativeMessages);
        Assert.NotEmpty(Assert.Throws<TensorRtException>(() => runtime.Load(stream)).NativeMessages);
    }

    [Fact]
    public void What_is_no_plan_of_this_library_is_refused()
    {
        using var folder = new TemporaryFolder();
        using TensorRtRuntime runtime = NvidiaLibraries.Rtx.CreateRuntime();
        byte[] plan = Plan();
        byte[] foreign = [.. plan];
        "ftrt"u8.CopyTo(foreign);
        File.WriteAllBytes(folder.File("empty.plan"), []);

        Assert.Contains("no plan", Assert.Throws<TensorRtException>(() => runtime.Load([])).Message, StringComparison.Ordinal);
        Assert.Contains("no plan", Assert.Throws<TensorRtException>(() => runtime.LoadFile(folder.File("empty.plan"))).Message, StringComparison.Ordinal);
        Assert.Contains("cut off", Assert.Throws<TensorRtException>(() => runtime.Load(plan.AsSpan(0, plan.Length / 2))).Message, StringComparison.Ordinal);
        Assert.Contains("loaded library", Assert.Throws<TensorRtException>(() => runtime.Load(foreign)).Message, StringComparison.Ordinal);
        Assert.Throws<TensorRtException>(() => runtime.Load(new byte[4096]));
        Assert.Throws<FileNotFoundException>(() => runtime.LoadFile(folder.File("none.plan")));
    }

    private static byte[] Plan()
    {
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
        using (network)
        using (config)
        using (HostMemory plan = builder.BuildPlan(network, config))
            return plan.ToArray();
    }

    private static void RequireNoDriver() => Assert.SkipWhen(HasDriver, "This machine has a GPU driver; the test is about machines without.");
}
