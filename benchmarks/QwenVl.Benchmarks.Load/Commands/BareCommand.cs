using System.CommandLine;
using System.Text.Json;
using QwenVl.Benchmarks.Load.Bare;
using QwenVl.Benchmarks.Load.Reports;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary><c>bare</c>: the backend without a server around it.</summary>
internal static class BareCommand
{
    private static readonly Option<int[]> Batch = new("--batch") { Description = "Pictures a run; repeat for several. Default 1, 2, 4, 8.", DefaultValueFactory = _ => [1, 2, 4, 8], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string?> Json = new("--json") { Description = "Write the rates into this file." };
    private static readonly BareArguments Options = new();

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("bare", "Times a vision tower as the server runs it, without a server: pictures a second by batch size.") { Batch, Json };
        Options.AddTo(command);
        command.SetAction((arguments, cancellation) => CommandRunner.RunAsync(token => RunAsync(arguments, token), cancellation));
        return command;
    }

    private static async Task<bool> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        IReadOnlyList<BareRate> rates = await Options.MeasureAsync(arguments, arguments.GetValue(Batch)!, cancellation);
        foreach (BareRate rate in rates) Console.WriteLine($"batch {rate.BatchSize}: {Numbers.Show(rate.PicturesPerSecond)} pictures/s, {Numbers.Show(rate.RunMs)} ms a run, {rate.Runs} runs");
        if (arguments.GetValue(Json) is { } path) await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(rates, ReportJson.Options), cancellation);
        return true;
    }
}
