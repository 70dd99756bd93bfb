using System.Runtime.InteropServices;
using System.Text.Json;
using QwenVl.Model.Vision;
using QwenVl.Pictures;
using QwenVl.Pictures.Labels;
using QwenVl.Pictures.Shards;

namespace QwenVl.Tests.Pictures.Shards;

public sealed class ShardWriterTests
{
    [Fact]
    public async Task A_shard_holds_patches_and_labels_of_each_picture_where_its_line_says()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        ShardOptions options = Options(folder) with { Budget1024Share = 0 };

        await new ShardWriter(options, TimeProvider.System).Write(_ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["labels.json", "shard-00000.bin", "shard-00000.jsonl", "shard-00001.bin", "shard-00001.jsonl"],
            folder.GetFiles().Select(file => file.Name).Order());
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "shard-00001.bin"), TestContext.Current.CancellationToken);
        using var generator = new PictureGenerator(options.Fonts, options.Pictures);
        int at = 0, index = options.PicturesPerShard;
        foreach (string line in await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "shard-00001.jsonl"), TestContext.Current.CancellationToken))
        {
            JsonElement entry = JsonDocument.Parse(line).RootElement;
            DrawnPicture picture = generator.Draw(options.Seed, index++, options.Split);
            ImagePatches patches = ImagePreprocessor.Prepare(picture.Decode(), SmartResize.Pixels512);

            Assert.Equal((at, patches.Grid.Height, patches.Grid.Width),
                (entry.GetProperty("offset").GetInt32(), entry.GetProperty("gh").GetInt32(), entry.GetProperty("gw").GetInt32()));
            Assert.True(bytes.AsSpan(at, patches.Values.Length).SequenceEqual(patches.Values.Span));
            at += patches.Values.Length;
            Assert.Equal(picture.Labels(patches.Grid), MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan(at, patches.Grid.Patches * 2)).ToArray());
            at += patches.Grid.Patches * 2;
        }

        Assert.Equal(bytes.Length, at);
    }

    [Fact]
    public async Task The_number_of_workers_changes_nothing()
    {
        DirectoryInfo one = Directory.CreateTempSubdirectory(), two = Directory.CreateTempSubdirectory();

        await new ShardWriter(Options(one), TimeProvider.System).Write(_ => { }, TestContext.Current.CancellationToken);
        await new ShardWriter(Options(two) with { Workers = 2 }, TimeProvider.System).Write(_ => { }, TestContext.Current.CancellationToken);

        Assert.All(one.GetFiles(), file => Assert.Equal(File.ReadAllBytes(file.FullName), File.ReadAllBytes(Path.Combine(two.FullName, file.Name))));
    }

    [Fact]
    public async Task Labels_json_names_every_class()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();

        await new ShardWriter(Options(folder) with { Shards = 0 }, TimeProvider.System).Write(_ => { }, TestContext.Current.CancellationToken);

        JsonElement labels = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "labels.json"), TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal("uint16", labels.GetProperty("type").GetString());
        Assert.Equal(LabelNames.Instance.All, labels.GetProperty("names").EnumerateArray().Select(name => name.GetString()!));
    }

    private static ShardOptions Options(DirectoryInfo folder) =>
        new() { Seed = 8, Fonts = PictureFonts.Required(), Folder = folder.FullName, Shards = 2, PicturesPerShard = 6 };
}
