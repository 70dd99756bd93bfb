using System.CommandLine;
using QwenVl.Pictures.Fonts;
using QwenVl.Pictures.Shards;

namespace QwenVl.Pictures.Commands;

/// <summary>shards: pictures cut into patches, for training.</summary>
internal static class ShardsCommand
{
    public static Command Create()
    {
        var seed = new Option<ulong>("--seed") { Description = "Names the pictures.", Required = true };
        var fonts = CommonOptions.Fonts();
        var folder = new Option<string>("--out") { Description = "Folder for the shards.", Required = true };
        var workers = new Option<int>("--workers") { Description = "Shards written at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var perShard = new Option<int>("--shard-pictures") { Description = "Pictures a shard.", DefaultValueFactory = _ => 512 };
        var shards = new Option<int>("--shards") { Description = "How many shards.", Required = true };
        var first = new Option<int>("--first-shard") { Description = "Number of the first shard.", DefaultValueFactory = _ => 0 };
        var large = new Option<double>("--budget-1024-share") { Description = "Share of pictures for the 1024 budget.", DefaultValueFactory = _ => 0.12 };
        var fine = new Option<double>("--fine-share") { Description = "Share of signs in fine print among pictures for the 1024 budget." };
        var longest = new Option<double>("--longest-side") { Description = "Longest side in pixels, 200 to 1,600: small pictures train faster.", DefaultValueFactory = _ => 1600 };
        var kinds = new Option<double[]>("--kinds")
        {
            Description = "How often signs, scenes and pointing are drawn: three numbers.",
            DefaultValueFactory = _ => [.. new PictureOptions().KindWeights],
            AllowMultipleArgumentsPerToken = true,
            Arity = new ArgumentArity(3, 3),
        };
        var split = new Option<PictureSplit>("--split") { Description = "train or heldout.", DefaultValueFactory = _ => PictureSplit.Train };
        var waiting = new Option<int>("--most-waiting") { Description = "Wait while this many shards lie in the folder; 0 never waits.", DefaultValueFactory = _ => 0 };
        var command = new Command("shards", "Writes training shards; a shard is complete when its .jsonl is there.")
        {
            seed, fonts, folder, workers, perShard, shards, first, large, fine, longest, kinds, split, waiting,
        };
        command.SetAction(async (result, cancel) =>
        {
            var writer = new ShardWriter(new ShardOptions
            {
                Seed = result.GetValue(seed),
                Fonts = FontShelf.Load(result.GetValue(fonts)!),
                Folder = result.GetValue(folder)!,
                Workers = result.GetValue(workers),
                PicturesPerShard = result.GetValue(perShard),
                Shards = result.GetValue(shards),
                FirstShard = result.GetValue(first),
                Budget1024Share = result.GetValue(large),
                FineShare = result.GetValue(fine),
                Split = result.GetValue(split),
                Pictures = (result.GetValue(split) == PictureSplit.Train ? ShardOptions.ForTraining : new PictureOptions()).UpTo(result.GetValue(longest)) with { KindWeights = result.GetValue(kinds)! },
                MostWaiting = result.GetValue(waiting),
            }, TimeProvider.System);
            await writer.Write(shard => Console.WriteLine($"shard {shard}"), cancel);
        });
        return command;
    }
}
