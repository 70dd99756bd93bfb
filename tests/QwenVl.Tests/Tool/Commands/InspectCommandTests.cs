using QwenVl.Model.Checkpoints;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Tool.Runs;

namespace QwenVl.Tests.Tool.Commands;

public sealed class InspectCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_whole_checkpoint_is_described_with_its_fingerprints()
    {
        SpeakingCheckpoint.Write(_folder.File("model"), shards: 2);
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        CheckpointFingerprint fingerprint = CheckpointFingerprint.Compute(checkpoint, null, null, default);

        ToolRun run = await ToolRun.OfAsync("inspect", _folder.File("model"));

        run.AssertSucceeded();
        string[] said =
        [
            "2 layers of width 16", "2 query heads and 1 key-value heads of 16", "2 blocks of width 16", "after blocks 0", "2,048 rows, output head tied",
            "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "BF16", fingerprint.Model, fingerprint.Tokenizer,
        ];
        Assert.All(said, text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Parameters_are_counted_by_part()
    {
        SpeakingCheckpoint.Write(_folder.File("model"));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));

        ToolRun run = await ToolRun.OfAsync("inspect", _folder.File("model"));

        Assert.Matches(@"embedding table\s+1\s+32,768\s+65\.54 kB\s+BF16", run.Output);
        Assert.Matches($@"in all\s+{checkpoint.Tensors.Count}\s+{checkpoint.Tensors.Values.Sum(tensor => tensor.Count):N0}\s", run.Output);
    }

    [Theory]
    [MemberData(nameof(DamagedCheckpoint.Names), MemberType = typeof(DamagedCheckpoint))]
    public async Task What_is_wrong_is_one_line_and_an_exit_code(string way)
    {
        string[] names = DamagedCheckpoint.Write(_folder.File("model"), way);

        (await ToolRun.OfAsync("inspect", _folder.File("model"))).AssertRefused(names);
    }

    [Fact]
    public async Task A_tokenizer_of_another_checkpoint_is_found()
    {
        SpeakingCheckpoint.Write(_folder.File("model"));
        string config = _folder.File("model", "config.json");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config)).Replace("2034", "2033", StringComparison.Ordinal));

        (await ToolRun.OfAsync("inspect", _folder.File("model"))).AssertRefused("tokenizer.json", "<|image_pad|> is 2034", "image_token_id is 2033");
    }

    [Fact]
    public async Task A_tokenizer_that_is_none_is_found()
    {
        SyntheticCheckpoint.Write(_folder.File("model"));

        (await ToolRun.OfAsync("inspect", _folder.File("model"))).AssertRefused("tokenizer.json");
    }

    public void Dispose() => _folder.Dispose();
}
