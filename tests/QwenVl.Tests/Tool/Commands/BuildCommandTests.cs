using QwenVl.Model.Manifest;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Tool.Runs;

namespace QwenVl.Tests.Tool.Commands;

public sealed class BuildCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(EngineDialect.OnnxRuntime, WeightFormat.Float32, WeightFormat.Float32)]
    [InlineData(EngineDialect.TensorRt10, WeightFormat.BFloat16, WeightFormat.BFloat16, "--dialect", "tensorrt10")]
    [InlineData(EngineDialect.TensorRt11, WeightFormat.BFloat16, WeightFormat.BFloat16, "--dialect", "tensorrt11")]
    [InlineData(EngineDialect.TensorRt10, WeightFormat.Float32, WeightFormat.Float32, "--dialect", "tensorrt10", "--compute", "float32")]
    [InlineData(EngineDialect.OnnxRuntime, WeightFormat.Float32, WeightFormat.Int4Block32, "--quantize", "int4")]
    [InlineData(EngineDialect.OnnxRuntime, WeightFormat.Int8, WeightFormat.Int4Block128, "--quantize", "int4", "--block", "128", "--vision", "int8")]
    public async Task An_engine_is_what_the_options_say(EngineDialect dialect, WeightFormat vision, WeightFormat decoder, params string[] options)
    {
        SpeakingCheckpoint.Write(_folder.File("model"));

        ToolRun run = await ToolRun.OfAsync(["build", _folder.File("model"), "--out", _folder.File("engine"), .. options]);

        run.AssertSucceeded();
        EngineManifest manifest = EngineDirectory.Open(_folder.File("engine")).Manifest;
        Assert.Equal((dialect, vision, decoder), (manifest.Dialect, manifest.VisionWeights, manifest.DecoderWeights));
        Assert.All((string[])[_folder.File("engine"), "decoder.onnx", "in all", "built in", "fingerprint"], text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
        if (manifest.ExternalFiles.Count > 0) Assert.Contains($"read where it is: {_folder.File("model", "model.safetensors")}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_folder_the_engine_goes_into_the_cache_and_is_found_there()
    {
        SpeakingCheckpoint.Write(_folder.File("model"));
        string[] arguments = ["build", _folder.File("model"), "--cache", _folder.File("cache")];

        ToolRun first = await ToolRun.OfAsync(arguments), second = await ToolRun.OfAsync(arguments);

        first.AssertSucceeded();
        Assert.Contains("built in", first.Output, StringComparison.Ordinal);
        second.AssertSucceeded();
        Assert.Contains("found in the cache", second.Output, StringComparison.Ordinal);
        string path = first.Output.Split('\n')[0].Trim();
        Assert.StartsWith(_folder.File("cache"), path, StringComparison.Ordinal);
        Assert.Equal(path, second.Output.Split('\n')[0].Trim());
        Assert.Equal(path, EngineDirectory.Open(path).Path);
    }

    [Theory]
    [MemberData(nameof(DamagedCheckpoint.Names), MemberType = typeof(DamagedCheckpoint))]
    public async Task A_damaged_checkpoint_is_refused_by_name_and_leaves_nothing(string way)
    {
        string[] names = DamagedCheckpoint.Write(_folder.File("model"), way);

        (await ToolRun.OfAsync("build", _folder.File("model"), "--out", _folder.File("new", "engine"))).AssertRefused(names);
        (await ToolRun.OfAsync("build", _folder.File("model"), "--cache", _folder.File("cache"), "--quantize", "int4")).AssertRefused(names);

        Assert.False(Directory.Exists(_folder.File("new")));
        if (Directory.Exists(_folder.File("cache"))) Assert.Empty(Directory.GetDirectories(_folder.File("cache")));
    }

    [Fact]
    public async Task A_folder_that_exists_is_never_touched()
    {
        SpeakingCheckpoint.Write(_folder.File("model"));
        Directory.CreateDirectory(_folder.File("engine"));

        (await ToolRun.OfAsync("build", _folder.File("model"), "--out", _folder.File("engine"))).AssertRefused(_folder.File("engine"), "exists already");

        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("engine")));
    }

    [Theory]
    [InlineData("TensorRt10 dialect has no Int4Block32", "--dialect", "tensorrt10", "--quantize", "int4")]
    [InlineData("does not compute in BFloat16", "--compute", "bfloat16")]
    [InlineData("--quantize int4", "--block", "128")]
    public async Task Options_that_contradict_each_other_are_refused(string says, params string[] options)
    {
        SpeakingCheckpoint.Write(_folder.File("model"));

        (await ToolRun.OfAsync(["build", _folder.File("model"), "--out", _folder.File("engine"), .. options])).AssertRefused(says);

        Assert.False(Directory.Exists(_folder.File("engine")));
    }

    [Fact]
    public async Task A_build_that_is_interrupted_leaves_nothing()
    {
        SpeakingCheckpoint.Write(_folder.File("model"));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        int code = await QwenVl.Engines.Tool.Commands.ToolCommand.RunAsync(["build", _folder.File("model"), "--out", _folder.File("engine")], cancellationToken: cancelled.Token);

        Assert.Equal(130, code);
        Assert.Equal(["model"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    public void Dispose() => _folder.Dispose();
}
