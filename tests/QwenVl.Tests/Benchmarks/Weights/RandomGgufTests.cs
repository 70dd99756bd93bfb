using System.Text;
using QwenVl.Benchmarks.Device.Weights;
using QwenVl.Model.Configuration;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Benchmarks.Weights;

public sealed class RandomGgufTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Every_tensor_lies_within_the_file_aligned_and_as_long_as_its_blocks()
    {
        var text = new TextConfig(64, 96, 2, 2, 1, 32, 320, 512, 1e-6, 10_000, [8, 4, 4]);
        string path = _folder.File("random.gguf");
        RandomGguf.Write(path, text);

        using var file = new BinaryReader(File.OpenRead(path));
        Assert.Equal("GGUF", Encoding.ASCII.GetString(file.ReadBytes(4)));
        Assert.Equal(3u, file.ReadUInt32());
        ulong tensors = file.ReadUInt64(), entries = file.ReadUInt64();
        var keys = new Dictionary<string, object>();
        for (ulong i = 0; i < entries; i++)
        {
            string key = ReadText(file);
            keys.Add(key, file.ReadUInt32() switch { 4 => file.ReadUInt32(), 6 => file.ReadSingle(), 8 => ReadText(file), _ => ReadTexts(file) });
        }

        Assert.Equal(("qwen3", "gpt2", 320u, 2u), (keys["general.architecture"], keys["tokenizer.ggml.model"], (uint)((string[])keys["tokenizer.ggml.tokens"]).Distinct().Count(), keys["qwen3.block_count"]));
        ulong at = 0;
        var names = new List<string>();
        for (ulong i = 0; i < tensors; i++)
        {
            names.Add(ReadText(file));
            ulong numbers = 1;
            for (uint dimensions = file.ReadUInt32(); dimensions > 0; dimensions--) numbers *= file.ReadUInt64();
            ulong bytes = file.ReadUInt32() == 2 ? numbers / 32 * 18 : numbers * 4;
            Assert.Equal(at, file.ReadUInt64());
            at += (bytes + 31) / 32 * 32;
        }

        long start = (file.BaseStream.Position + 31) / 32 * 32;
        Assert.Equal(start + (long)at, file.BaseStream.Length);
        Assert.Equal(2 + 2 * 11, names.Count);
        Assert.Contains("blk.1.ffn_down.weight", names);
        Assert.DoesNotContain("output.weight", names);
    }

    public void Dispose() => _folder.Dispose();

    private static string ReadText(BinaryReader file) => Encoding.UTF8.GetString(file.ReadBytes((int)file.ReadUInt64()));

    private static string[] ReadTexts(BinaryReader file)
    {
        Assert.Equal(8u, file.ReadUInt32());
        return [.. Enumerable.Range(0, (int)file.ReadUInt64()).Select(_ => ReadText(file))];
    }
}
