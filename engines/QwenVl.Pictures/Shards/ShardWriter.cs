using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using QwenVl.Model.Vision;
using QwenVl.Pictures.Labels;
using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Sets;

namespace QwenVl.Pictures.Shards;

/// <summary>
/// Writes pictures ready for training: shard-NNNNN.bin holds each picture's patches and then its labels (uint16, one a
/// patch); shard-NNNNN.jsonl describes them and appears last, so a shard that has one is complete.
/// </summary>
internal sealed class ShardWriter(ShardOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Larger pictures, for the 1024 budget: smaller ones would be the same at both budgets.</summary>
    private readonly PictureOptions _large = options.Pictures with { Sizes = [new(620, 1100, 0.7), new(1100, 1600, 0.3)], FineShare = options.FineShare };

    private int _next = options.FirstShard;

    /// <summary>Writes all shards with as many workers as the options say.</summary>
    /// <param name="report">Receives a shard's number when it is complete; called from any worker.</param>
    /// <param name="cancel">Stops between two pictures; an unfinished shard leaves no .jsonl.</param>
    public async Task Write(Action<int> report, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.Folder);
        WriteNames();
        await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => Task.Run(() => Work(report, cancel), cancel)));
    }

    private async Task Work(Action<int> report, CancellationToken cancel)
    {
        using var small = new PictureGenerator(options.Fonts, options.Pictures);
        using var large = new PictureGenerator(options.Fonts, _large);
        while (true)
        {
            while (options.MostWaiting > 0 && Directory.GetFiles(options.Folder, "shard-*.jsonl").Length >= options.MostWaiting)
                await Task.Delay(Pause, time, cancel);
            int shard = Interlocked.Increment(ref _next) - 1;
            if (shard >= options.FirstShard + options.Shards) return;
            if (!File.Exists(Name(shard, "jsonl"))) WriteShard(shard, small, large, cancel);
            report(shard);
        }
    }

    private void WriteShard(int shard, PictureGenerator small, PictureGenerator large, CancellationToken cancel)
    {
        string list = Name(shard, "jsonl"), unfinished = list + ".part";
        using (FileStream patches = File.Create(Name(shard, "bin")))
        using (FileStream lines = File.Create(unfinished))
        {
            for (int i = 0; i < options.PicturesPerShard; i++)
            {
                cancel.ThrowIfCancellationRequested();
                long index = (long)shard * options.PicturesPerShard + i;
                bool isLarge = new PictureRandom(options.Seed, 0x427564676574, (ulong)index).Chance(options.Budget1024Share);
                DrawnPicture picture = (isLarge ? large : small).Draw(options.Seed, index, options.Split);
                ImagePatches prepared = ImagePreprocessor.Prepare(picture.Decode(), isLarge ? SmartResize.Pixels1024 : SmartResize.Pixels512);
                long offset = patches.Position;
                patches.Write(prepared.Values.Span);
                WriteLabels(patches, picture.Labels(prepared.Grid));
                lines.Write(PictureJson.Line(writer =>
                {
                    writer.WriteString("kind", PictureJson.Name(picture.Kind));
                    writer.WriteNumber("gh", prepared.Grid.Height);
                    writer.WriteNumber("gw", prepared.Grid.Width);
                    writer.WriteNumber("offset", offset);
                    PictureJson.Questions(writer, picture.Questions);
                }));
                lines.WriteByte((byte)'\n');
            }
        }

        File.Move(unfinished, list, overwrite: true);
    }

    private static void WriteLabels(FileStream file, ushort[] labels)
    {
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(labels, labels);
        file.Write(MemoryMarshal.AsBytes<ushort>(labels));
    }

    private void WriteNames()
    {
        byte[] names = PictureJson.Line(writer =>
        {
            writer.WriteString("type", "uint16");
            writer.WriteStartArray("names");
            foreach (string name in LabelNames.Instance.All) writer.WriteStringValue(name);
            writer.WriteEndArray();
        });
        string file = Path.Combine(options.Folder, "labels.json");
        File.WriteAllBytes(file + ".part", names);
        File.Move(file + ".part", file, overwrite: true);
    }

    private string Name(int shard, string extension) =>
        Path.Combine(options.Folder, $"shard-{shard.ToString("D5", CultureInfo.InvariantCulture)}.{extension}");
}
