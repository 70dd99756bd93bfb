using System.CommandLine;
using QwenVl.Benchmarks.Load.Bare;
using QwenVl.Benchmarks.Load.Display;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Scenarios;
using Spectre.Console;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary><c>run SCENARIO</c>: one scenario, once.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> File = new("SCENARIO") { Description = "A scenario file, such as benchmarks/scenarios/tokens.json." };
    private static readonly Option<string?> Out = new("--out") { Description = "The folder of the results. Default: artifacts/load/SCENARIO-TIME." };
    private static readonly Option<double?> Rate = new("--rate") { Description = "Requests a second, instead of the scenario's." };
    private static readonly Option<double?> Scale = new("--scale") { Description = "Multiplies the scenario's rates, which fits a profile to a machine." };
    private static readonly Option<double?> Duration = new("--duration") { Description = "Seconds of the measured part, instead of the scenario's." };
    private static readonly Option<double?> WarmUp = new("--warm-up") { Description = "Seconds of warm-up, instead of the scenario's." };
    private static readonly Option<int[]> BareBatch = new("--bare") { Description = "Measure the bare backend at this batch size too, before the server has anything to do; repeat for several.", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
    private static readonly BareArguments BareOptions = new();
    private static readonly TargetOptions Target = new();

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("run", "Runs a scenario and writes what it found. Ends with exit code 1 if an answer was wrong, or the server holds something when all clients have gone.") { File, Out, Rate, Scale, Duration, WarmUp, BareBatch };
        Target.AddTo(command);
        BareOptions.AddTo(command);
        command.SetAction((arguments, cancellation) => CommandRunner.RunAsync(token => RunAsync(arguments, token), cancellation));
        return command;
    }

    private static async Task<bool> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        IAnsiConsole console = AnsiConsole.Console;
        string path = arguments.GetRequiredValue(File);
        Scenario scenario = Adjusted(ScenarioFile.Read(path), arguments);
        string folder = arguments.GetValue(Out) ?? ResultFolder.Default(scenario.Name);
        (RunResult result, IReadOnlyList<BareRate> bare) = await Target.UseAsync(arguments, scenario, console, target => RunAsync(arguments, scenario, target, console, cancellation), cancellation);
        RunDocument document = RunDocument.Of(result, await System.IO.File.ReadAllTextAsync(path, cancellation), RunEnvironment.Here(result.Identity, TimeProvider.System), bare);
        var saved = new RunFolder(folder);
        saved.Save(document, result);
        Console.WriteLine(MarkdownReport.Write(document, []));
        Console.WriteLine(ReportWriter.Write(saved));
        return document.IsRight;
    }

    private static async Task<(RunResult, IReadOnlyList<BareRate>)> RunAsync(ParseResult arguments, Scenario scenario, LoadTarget target, IAnsiConsole console, CancellationToken cancellation)
    {
        IReadOnlyList<BareRate> bare = await BareOptions.MeasureAsync(arguments, arguments.GetValue(BareBatch)!, cancellation);
        RunResult result = await ProgressView.ShowAsync(console, progress => new LoadRun(scenario, target, progress, TimeProvider.System).RunAsync(cancellation));
        return (result, bare);
    }

    private static Scenario Adjusted(Scenario scenario, ParseResult arguments)
    {
        if (arguments.GetValue(Rate) is { } rate) scenario = rate > 0 ? scenario.AtRate(rate) : throw new LoadException($"--rate is {rate}: it takes a number over 0.");
        if (arguments.GetValue(Scale) is { } scale) scenario = scale > 0 ? scenario.ScaledBy(scale) : throw new LoadException($"--scale is {scale}: it takes a number over 0.");
        if (arguments.GetValue(Duration) is { } duration) scenario = scenario with { Duration = TimeSpan.FromSeconds(duration) };
        if (arguments.GetValue(WarmUp) is { } warmUp) scenario = scenario with { WarmUp = TimeSpan.FromSeconds(warmUp) };
        return scenario.Duration > TimeSpan.Zero && scenario.WarmUp >= TimeSpan.Zero ? scenario : throw new LoadException("--duration and --warm-up take seconds, over 0 and from 0.");
    }
}
