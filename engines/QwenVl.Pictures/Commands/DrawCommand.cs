using System.CommandLine;
using QwenVl.Pictures.Fonts;
using QwenVl.Pictures.Sets;

namespace QwenVl.Pictures.Commands;

/// <summary>draw: a folder of pictures with answers.</summary>
internal static class DrawCommand
{
    public static Command Create()
    {
        var seed = new Option<ulong>("--seed") { Description = "Names the set: the same seed gives the same pictures.", Required = true };
        var count = new Option<int>("--count") { Description = "How many pictures.", DefaultValueFactory = _ => 30 };
        var split = new Option<PictureSplit>("--split") { Description = "Fonts and combinations: train or heldout.", DefaultValueFactory = _ => PictureSplit.Heldout };
        var png = new Option<double>("--png-share") { Description = "Share of pictures saved as PNG.", DefaultValueFactory = _ => new PictureOptions().PngShare };
        var fine = new Option<double>("--fine-share") { Description = "Share of signs in fine print, which takes the 1024 budget to read." };
        var least = new Option<double>("--least-side") { Description = "The least pixels of the longer side, 200 to 1,600.", DefaultValueFactory = _ => 200 };
        var fonts = CommonOptions.Fonts();
        var folder = new Argument<string>("OUT") { Description = "Folder for pictures and pictures.jsonl." };
        var command = new Command("draw", "Draws pictures with questions and answers.") { seed, count, split, png, fine, least, fonts, folder };
        command.SetAction((result, cancel) =>
        {
            var options = new PictureSetOptions
            {
                Seed = result.GetValue(seed),
                Count = result.GetValue(count),
                Split = result.GetValue(split),
                Fonts = FontShelf.Load(result.GetValue(fonts)!),
                Pictures = new PictureOptions { PngShare = result.GetValue(png), FineShare = result.GetValue(fine) }.From(result.GetValue(least)),
            };
            string target = result.GetValue(folder)!;
            PictureSet.Write(options, target, cancel: cancel);
            return result.InvocationConfiguration.Output.WriteLineAsync($"{options.Count} pictures in {target}");
        });
        return command;
    }
}
