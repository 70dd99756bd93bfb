using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Tool.Runs;

namespace QwenVl.Tests.Tool.Commands;

public sealed class VerifyTensorRtTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public VerifyTensorRtTests()
    {
        SpeakingCheckpoint.Write(_folder.File("model"));
        PictureFolder.Write(_folder.File("pictures"), ["a", "b", "c", "d"]);
    }

    [Theory]
    [InlineData("--golden, or add --trt")]
    [InlineData("not both", "--trt", "--golden", "golden", "--pictures", "pictures")]
    [InlineData("--tokens is for --trt", "--golden", "golden", "--tokens", "3")]
    [InlineData("--pictures is for --trt", "--golden", "golden", "--pictures", "pictures")]
    [InlineData("--max-sequence says how plans are built: add --trt", "--golden", "golden", "--max-sequence", "128")]
    [InlineData("--quantize is for --golden", "--trt", "--pictures", "pictures", "--quantize", "int4")]
    [InlineData("--vision is for --golden", "--trt", "--pictures", "pictures", "--vision", "int8")]
    [InlineData("with --pictures", "--trt")]
    [InlineData("--limit must be at least 1", "--trt", "--pictures", "pictures", "--limit", "0")]
    [InlineData("--tokens must be at least 1", "--trt", "--pictures", "pictures", "--tokens", "0")]
    [InlineData("--device must be at least 0", "--trt", "--pictures", "pictures", "--device", "-1")]
    [InlineData("--json needs a folder", "--trt", "--pictures", "pictures", "--json", "/no/such/folder/report.json")]
    public async Task Options_that_contradict_each_other_are_refused_before_anything_is_built(string says, params string[] options)
    {
        (await VerifyAsync(options)).AssertRefused(says);

        Assert.False(Directory.Exists(_folder.File("cache")));
    }

    [Theory]
    [InlineData("--sm", "89")]
    [InlineData("--list-layers")]
    public async Task Plans_are_for_the_gpu_present(params string[] options) =>
        Assert.NotEqual(0, (await VerifyAsync(["--trt", "--pictures", _folder.File("pictures"), .. options])).ExitCode);

    [Fact]
    public async Task Without_a_gpu_one_line_says_so_before_anything_is_built()
    {
        Assert.SkipWhen(CudaDriver.TryLoad(out string? whyNot), "This machine has a GPU.");

        ToolRun run = await VerifyAsync("--trt", "--pictures", _folder.File("pictures"));

        run.AssertRefused(whyNot!);
        Assert.Equal("", run.Output);
        Assert.False(Directory.Exists(_folder.File("cache")));
    }

    [Fact]
    public async Task Without_the_library_one_line_says_so_before_anything_is_built()
    {
        Assert.SkipUnless(CudaDriver.TryLoad(out string? whyNot), whyNot ?? "");

        (await VerifyAsync("--trt", "--pictures", _folder.File("pictures"), "--trt-path", _folder.File("pictures"))).AssertRefused("--trt-path");

        Assert.False(Directory.Exists(_folder.File("cache")));
    }

    public void Dispose() => _folder.Dispose();

    private Task<ToolRun> VerifyAsync(params string[] options) => ToolRun.OfAsync(["verify", _folder.File("model"), "--cache", _folder.File("cache"), .. options]);
}
