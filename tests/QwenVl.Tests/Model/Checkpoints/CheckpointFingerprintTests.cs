using QwenVl.Model.Checkpoints;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Model.Checkpoints;

public sealed class CheckpointFingerprintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Sharding_does_not_change_it()
    {
        SyntheticCheckpoint.Write(_folder.File("one"));
        SyntheticCheckpoint.Write(_folder.File("three"), shards: 3);

        CheckpointFingerprint one = Compute(_folder.File("one"));
        Assert.Equal(one, Compute(_folder.File("three")));
        Assert.Matches("^[0-9a-f]{64}$", one.Model);
        Assert.Matches("^[0-9a-f]{64}$", one.Tokenizer);
    }

    [Fact]
    public void Every_byte_of_every_tensor_changes_it()
    {
        SyntheticCheckpoint.Write(_folder.Path);
        string file = _folder.File("model.safetensors");
        CheckpointFingerprint before = Compute(_folder.Path);
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);

        CheckpointFingerprint after = Compute(_folder.Path);
        Assert.NotEqual(before.Model, after.Model);
        Assert.Equal(before.Tokenizer, after.Tokenizer);
    }

    [Fact]
    public void A_number_of_the_configuration_changes_it()
    {
        SyntheticCheckpoint.Write(_folder.Path);
        string before = Compute(_folder.Path).Model, file = _folder.File("config.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"rope_theta\":10000", "\"rope_theta\":20000", StringComparison.Ordinal));

        Assert.NotEqual(before, Compute(_folder.Path).Model);
    }

    [Fact]
    public void It_is_remembered_until_a_file_changes()
    {
        SyntheticCheckpoint.Write(_folder.File("model"));
        var cache = new FingerprintCache(_folder.File("cache"));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        Assert.Null(cache.Find(checkpoint));

        CheckpointFingerprint computed = CheckpointFingerprint.Compute(checkpoint, cache, null, TestContext.Current.CancellationToken);
        Assert.Equal(computed, cache.Find(checkpoint));

        File.SetLastWriteTimeUtc(_folder.File("model", "model.safetensors"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Null(cache.Find(checkpoint));
    }

    [Fact]
    public void A_damaged_memory_is_no_error()
    {
        SyntheticCheckpoint.Write(_folder.File("model"));
        var cache = new FingerprintCache(_folder.File("cache"));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        CheckpointFingerprint computed = CheckpointFingerprint.Compute(checkpoint, cache, null, TestContext.Current.CancellationToken);
        foreach (string text in (string[])["", "null", "{}", "[1]", "{\"stamp\":1}"])
        {
            File.WriteAllText(Assert.Single(Directory.GetFiles(_folder.File("cache"))), text);
            Assert.Null(cache.Find(checkpoint));
        }

        Assert.Equal(computed, CheckpointFingerprint.Compute(checkpoint, cache, null, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _folder.Dispose();

    private static CheckpointFingerprint Compute(string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        return CheckpointFingerprint.Compute(checkpoint, cache: null, null, TestContext.Current.CancellationToken);
    }
}
