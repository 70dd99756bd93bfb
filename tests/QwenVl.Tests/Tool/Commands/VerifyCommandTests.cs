using System.Text.Json.Nodes;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Tool.Runs;

namespace QwenVl.Tests.Tool.Commands;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Cache => _folder.File("cache");

    [Fact]
    public async Task The_golden_checkpoint_is_within_every_limit()
    {
        ToolRun run = await ToolRun.OfAsync("verify", GoldenFolder.Checkpoint, "--golden", GoldenFolder.Path!, "--cache", Cache);

        run.AssertSucceeded();
        Assert.Contains("96 of 96 differences are within their limits", run.Output, StringComparison.Ordinal);
        string[] compared = ["tokens", "grid and token count", "resized", "prompt tokens", "position ids", "position delta", "vision", "tap 2", "logits", "greedy tokens", "cached against recomputed"];
        Assert.All(compared, what => Assert.Contains($"  {what}", run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quantised_weights_are_measured_without_a_limit()
    {
        ToolRun run = await ToolRun.OfAsync("verify", GoldenFolder.Checkpoint, "--golden", GoldenFolder.Path!, "--cache", Cache, "--quantize", "int4", "--vision", "int8");

        run.AssertSucceeded();
        Assert.Matches(@"logits\s+large\s+\d\.\de-\d\s+no limit", run.Output);
        Assert.Contains("43 of quantised weights are stated without a limit", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text_only.logits.f32", "logits of text_only")]
    [InlineData("one_image.vision.f32", "vision of one_image")]
    [InlineData("one_image.deepstack.f32", "tap 0 of one_image")]
    public async Task Numbers_that_were_recorded_otherwise_are_found(string file, string says)
    {
        string golden = Copy();
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(golden, file));
        // The exponent of the first number: far beyond any scale.
        bytes[3] = 0x44;
        await File.WriteAllBytesAsync(Path.Combine(golden, file), bytes);

        (await ToolRun.OfAsync("verify", GoldenFolder.Checkpoint, "--golden", golden, "--cache", Cache)).AssertRefused("over their limits", says);
    }

    [Theory]
    [InlineData("greedy", "greedy tokens of text_only: 1 of 24 wrong")]
    [InlineData("ids", "prompt tokens of text_only: 1 of 18 wrong")]
    public async Task Tokens_that_were_recorded_otherwise_are_found(string key, string says)
    {
        string golden = Copy(), path = Path.Combine(golden, "cases.json");
        JsonNode cases = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        JsonArray tokens = cases[0]![key]!.AsArray();
        tokens[tokens.Count - 1] = 7;
        await File.WriteAllTextAsync(path, cases.ToJsonString());

        (await ToolRun.OfAsync("verify", GoldenFolder.Checkpoint, "--golden", golden, "--cache", Cache)).AssertRefused(says);
    }

    [Fact]
    public async Task Results_of_another_checkpoint_are_refused()
    {
        SpeakingCheckpoint.Write(_folder.File("model"));

        (await ToolRun.OfAsync("verify", _folder.File("model"), "--golden", Copy(), "--cache", Cache)).AssertRefused("[151936]", "[2048]", "recorded with this checkpoint");
    }

    [Fact]
    public async Task A_folder_that_lacks_something_is_refused_by_name()
    {
        SpeakingCheckpoint.Write(_folder.File("model"));

        (await ToolRun.OfAsync("verify", _folder.File("model"), "--golden", _folder.File("none"), "--cache", Cache)).AssertRefused(_folder.File("none"), "no such folder");
        (await ToolRun.OfAsync("verify", _folder.File("model"), "--golden", _folder.Path, "--cache", Cache)).AssertRefused("cases.json", "missing");
    }

    public void Dispose() => _folder.Dispose();

    // All but the checkpoint: links to what is not changed would do, but not on every system.
    private string Copy()
    {
        GoldenFolder.Require();
        string copy = _folder.File("golden");
        foreach (string file in Directory.EnumerateFiles(GoldenFolder.Path!, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(GoldenFolder.Path!, file);
            if (relative.StartsWith("checkpoint", StringComparison.Ordinal)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, relative))!);
            File.Copy(file, Path.Combine(copy, relative));
        }

        return copy;
    }
}
