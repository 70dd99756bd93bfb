using QwenVl.Model.Manifest;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.TensorRt;
using QwenVl.Tests.Tool.Runs;

namespace QwenVl.Tests.Tool.Commands;

/// <summary><c>build --trt</c>.</summary>
[Collection(NativeLibraryTests.Name)]
public sealed class PlanCommandTests : IDisposable
{
    private static readonly string[] Small = ["--max-batch-size", "2", "--max-sequence", "128", "--max-chunk", "64", "--level", "0", "--sm", "89"];
    private readonly TemporaryFolder _folder = new();

    public PlanCommandTests() => SpeakingCheckpoint.Write(_folder.File("model"));

    [Fact]
    public async Task Plans_are_what_the_options_say_and_their_layers_are_listed_without_a_gpu()
    {
        ToolRun run = await BuildAsync(["--trt", "--trt-path", NvidiaLibraries.RtxPath, .. Small, "--workspace-mb", "512", "--list-layers"]);

        run.AssertSucceeded();
        EngineManifest manifest = EngineDirectory.Open(_folder.File("engine")).Manifest;
        Assert.Equal((EngineDialect.TensorRt11, "sm89", 0), (manifest.Dialect, manifest.Plans!.GpuArchitecture, manifest.Plans.OptimizationLevel));
        Assert.Equivalent(new EnginePlanLimits(2, 2, 64, 128, [1024, 4096]), manifest.Plans.Limits, strict: true);
        Assert.All((string[])["vision.plan", "decoder.plan", "plans of TensorRT-RTX 1.7.1 for sm89, level 0: vision ", "decoder plan "], text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
        if (!CudaIsHere) Assert.Contains("decoder.plan: cannot be loaded here", run.Output, StringComparison.Ordinal);
        Assert.Contains("MatMul", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_dialect_can_be_asked_for()
    {
        ToolRun run = await BuildAsync(["--trt", "--trt-path", NvidiaLibraries.RtxPath, .. Small, "--dialect", "tensorrt10"]);

        run.AssertSucceeded();
        Assert.Equal(EngineDialect.TensorRt10, EngineDirectory.Open(_folder.File("engine")).Manifest.Dialect);
    }

    [Fact]
    public async Task Without_a_library_one_line_lists_what_was_tried()
    {
        string empty = Directory.CreateDirectory(_folder.File("empty")).FullName;

        (await BuildAsync(["--trt", "--trt-path", empty, .. Small])).AssertRefused("--trt-path", "Tried:", Path.Combine(empty, "libnvinfer.so.10"));
    }

    [Fact]
    public async Task Without_a_gpu_one_line_says_what_to_do()
    {
        Assert.SkipWhen(CudaIsHere, "There is a GPU.");

        (await BuildAsync(["--trt", "--trt-path", NvidiaLibraries.RtxPath])).AssertRefused("--sm 89");
        (await BuildAsync(["--trt", "--trt-path", NvidiaLibraries.TensorRt10Path])).AssertRefused("TensorRT 10.6.0", "TensorRT-RTX builds without one");
    }

    [Theory]
    [InlineData("sm90: TensorRT-RTX builds for", "--trt", "--sm", "90")]
    [InlineData("OptimizationLevel is 7", "--trt", "--sm", "89", "--level", "7")]
    [InlineData("MaxSequence is 100", "--trt", "--sm", "89", "--max-sequence", "100")]
    [InlineData("no plans of the OnnxRuntime dialect", "--trt", "--sm", "89", "--dialect", "onnxruntime")]
    [InlineData("TensorRt11 dialect has no Int4Block32", "--trt", "--sm", "89", "--quantize", "int4")]
    [InlineData("--max-chunk says how plans are built: add --trt", "--max-chunk", "64")]
    public async Task Options_that_contradict_each_other_are_refused(string says, params string[] options)
    {
        string[] path = options.Contains("--trt") ? ["--trt-path", NvidiaLibraries.RtxPath] : [];
        (await BuildAsync([.. options, .. path])).AssertRefused(says);
    }

    [Fact]
    public async Task An_architecture_is_named_for_RTX_alone() =>
        (await BuildAsync(["--trt", "--trt-path", NvidiaLibraries.TensorRt10Path, "--sm", "90"])).AssertRefused("--sm is for TensorRT-RTX");

    public void Dispose() => _folder.Dispose();

    private static bool CudaIsHere => QwenVl.TensorRt.Cuda.CudaDriver.TryLoad(out _);

    private async Task<ToolRun> BuildAsync(string[] options)
    {
        ToolRun run = await ToolRun.OfAsync(["build", _folder.File("model"), "--out", _folder.File("engine"), .. options]);
        if (run.ExitCode != 0) Assert.False(Directory.Exists(_folder.File("engine")));
        return run;
    }
}
