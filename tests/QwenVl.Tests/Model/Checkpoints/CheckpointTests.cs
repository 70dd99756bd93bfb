using System.Text.Json.Nodes;
using QwenVl.Model.Checkpoints;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Model.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private const string Norm = "model.language_model.norm.weight";
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_sharded_checkpoint_reads_as_a_single_one()
    {
        SyntheticCheckpoint.Write(_folder.File("one"));
        SyntheticCheckpoint.Write(_folder.File("three"), shards: 3);
        using Checkpoint one = Checkpoint.Open(_folder.File("one")), three = Checkpoint.Open(_folder.File("three"));

        Assert.Equal(one.Tensors.Keys.Order(), three.Tensors.Keys.Order());
        foreach (string name in one.Tensors.Keys) Assert.Equal(Bytes(one, name), Bytes(three, name));
    }

    [Fact]
    public void The_golden_checkpoint_opens()
    {
        using Checkpoint checkpoint = Checkpoint.Open(GoldenFolder.Checkpoint);

        Assert.Equivalent(ModelConfigs.Golden.Text, checkpoint.Config.Text);
        Assert.Equivalent(ModelConfigs.Golden.Vision, checkpoint.Config.Vision);
        Assert.Equal([151936, 32], checkpoint.Get("model.language_model.embed_tokens.weight").Shape);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""", 7, "tensor a ends at byte", "truncated")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[8,0]}}""", 8, "tensor a", "backwards")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,9223372036854775807]}}""", 8, "tensor a", "truncated")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[-8,0]}}""", 8, "tensor a", "data_offsets")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[5],"data_offsets":[0,8]}}""", 8, "tensor a of shape [5] in BF16", "8 bytes")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", 8, "tensor a", "8 bytes")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a and b", "overlap")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]},"a":{"dtype":"BF16","shape":[4],"data_offsets":[8,16]}}""", 16, "tensor a", "twice")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "tensor a", "F8_E4M3")]
    [InlineData("""{"a":{"dtype":"BF16","data_offsets":[0,8]}}""", 8, "tensor a", "shape")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}""", 8, "header", "not JSON")]
    [InlineData("[]", 0, "header", "not a JSON object")]
    public void A_lying_header_is_refused_by_file_and_tensor(string header, int dataBytes, string names, string says)
    {
        SyntheticCheckpoint.Write(_folder.Path);
        string file = _folder.File("model.safetensors");
        SyntheticCheckpoint.WriteRaw(file, header, dataBytes);

        AssertRefused(file, names, says);
    }

    [Theory]
    [InlineData(1_000UL, "1000 bytes is stated but")]
    [InlineData(200_000_000UL, "limit")]
    [InlineData(ulong.MaxValue, "limit")]
    public void A_lying_header_length_is_refused(ulong length, string says)
    {
        SyntheticCheckpoint.Write(_folder.Path);
        string file = _folder.File("model.safetensors");
        SyntheticCheckpoint.WriteRaw(file, "{}", 0, length);

        AssertRefused(file, says);
    }

    [Fact]
    public void A_truncated_file_is_refused()
    {
        SyntheticCheckpoint.Write(_folder.Path);
        string file = _folder.File("model.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^1]);
        AssertRefused(file, "tensor", "truncated");

        File.WriteAllBytes(file, bytes[..5]);
        AssertRefused(file, "too few");
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        SyntheticCheckpoint.Write(_folder.Path);
        SyntheticCheckpoint.WriteRaw(_folder.File("model.safetensors"), "{}", 0);

        AssertRefused("model.safetensors", "tensor model.visual.patch_embed.proj.weight", "missing");
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes()
    {
        SyntheticCheckpoint.Write(_folder.Path);
        JsonObject config = SyntheticCheckpoint.Config();
        config["text_config"]!["vocab_size"] = 65;
        File.WriteAllText(_folder.File("config.json"), config.ToJsonString());

        AssertRefused("model.safetensors", "model.language_model.embed_tokens.weight", "[64, 16]", "[65, 16]");
    }

    [Fact]
    public void An_index_that_disagrees_with_its_shards_is_refused()
    {
        SyntheticCheckpoint.Write(_folder.Path, shards: 2);
        string index = _folder.File("model.safetensors.index.json");
        string original = File.ReadAllText(index);
        JsonObject json = JsonNode.Parse(original)!.AsObject();
        JsonObject map = json["weight_map"]!.AsObject();
        string other = map[Norm]!.GetValue<string>() == "model-00001-of-00002.safetensors" ? "model-00002-of-00002.safetensors" : "model-00001-of-00002.safetensors";

        map[Norm] = other;
        File.WriteAllText(index, json.ToJsonString());
        AssertRefused(other, Norm, "index");

        map[Norm] = "model-00003-of-00002.safetensors";
        File.WriteAllText(index, json.ToJsonString());
        AssertRefused("model-00003-of-00002.safetensors", Norm, "missing");

        map[Norm] = "../model.safetensors";
        File.WriteAllText(index, json.ToJsonString());
        AssertRefused(index, Norm, "not a file of the folder");
    }

    [Fact]
    public void A_tensor_in_two_shards_is_refused()
    {
        SyntheticCheckpoint.Write(_folder.Path, shards: 2);
        File.Copy(_folder.File("model-00001-of-00002.safetensors"), _folder.File("model-00002-of-00002.safetensors"), overwrite: true);

        AssertRefused("model-00002-of-00002.safetensors", "tensor", "is also in");
    }

    [Fact]
    public void Reading_beyond_a_tensor_is_refused()
    {
        SyntheticCheckpoint.Write(_folder.Path);
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        TensorEntry tensor = checkpoint.Get(Norm);

        Assert.Throws<ArgumentOutOfRangeException>(() => checkpoint.Read(tensor, tensor.Length - 1, new byte[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => checkpoint.Read(tensor, -1, new byte[1]));
        Assert.Contains("no tensor nothing", Assert.Throws<CheckpointException>(() => checkpoint.Get("nothing")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void AssertRefused(params string[] parts)
    {
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.Path));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    private static byte[] Bytes(Checkpoint checkpoint, string name)
    {
        TensorEntry tensor = checkpoint.Get(name);
        var bytes = new byte[tensor.Length];
        checkpoint.Read(tensor, 0, bytes);
        return bytes;
    }
}
