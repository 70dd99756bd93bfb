using System.CommandLine;
using QwenVl.Engines.Building;
using QwenVl.Engines.Tool.Building;
using QwenVl.Engines.Tool.Display;
using QwenVl.Engines.Tool.Verification;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Tool.Commands;

/// <summary><c>verify DIR --golden GOLDEN_DIR</c>: how far a checkpoint's engine is from recorded results.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> Source = CheckpointArgument.Create();
    private static readonly Option<string> Golden = new("--golden") { Description = "Folder of recorded results: cases.json, images.json, tokenizer.jsonl and what they name.", Required = true };
    private static readonly EngineChoice Choice = new();

    public static Command Create()
    {
        var command = new Command("verify", "Compares a checkpoint's engine with recorded results of the reference implementation. Quantised weights have no limits: their differences are stated.") { Source, Golden };
        Choice.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var console = new ToolConsole(arguments);
        string directory = CheckpointArgument.Read(arguments, Source);
        EngineBuildOptions options = Choice.Read(arguments);
        GoldenSet set = GoldenSet.Open(arguments.GetRequiredValue(Golden));
        IReadOnlyList<Measurement> measurements = await console.WithProgressAsync("Verifying", async progress =>
        {
            EngineDirectory engine = await Choice.Cache(arguments).GetOrBuildAsync(directory, options, progress, cancellationToken);
            return await Task.Run(() => new EngineCheck(set, engine).Run(progress, cancellationToken), cancellationToken);
        });

        console.Write(MeasurementTable.Create(measurements));
        Measurement[] over = [.. measurements.Where(measurement => !measurement.Passes)];
        int limited = measurements.Count(measurement => measurement.Limit is not null);
        string unlimited = limited == measurements.Count ? "" : $"; {measurements.Count - limited} of quantised weights are stated without a limit";
        console.WriteLine($"{limited - over.Length} of {limited} differences are within their limits{unlimited}");
        if (over.Length == 0) return 0;
        console.WriteProblem($"{over.Length} of {limited} differences are over their limits, first {over[0]}");
        return 1;
    }
}
