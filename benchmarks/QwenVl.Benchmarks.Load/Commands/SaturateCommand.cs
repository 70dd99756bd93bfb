using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using QwenVl.Benchmarks.Load.Bare;
using QwenVl.Benchmarks.Load.Display;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Saturation;
using QwenVl.Benchmarks.Load.Scenarios;
using Spectre.Console;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary><c>saturate SCENARIO</c>: the highest rate within the service level.</summary>
internal static class SaturateCommand
{
    private static readonly Argument<string> File = new("SCENARIO") { Description = "A scenario file with limits in slo." };
    private static readonly Option<string?> Out = new("--out") { Description = "The folder of the curve. Default: artifacts/load/SCENARIO-saturation-TIME." };
    private static readonly Option<double> Start = new("--start-rate") { Description = "The first rate. Default: the scenario's first.", DefaultValueFactory = _ => 0 };
    private static readonly Option<double> Step = new("--step-seconds") { Description = "Seconds of the measured part of a step. Default 20.", DefaultValueFactory = _ => 20 };
    private static readonly Option<double> WarmUp = new("--warm-up") { Description = "Seconds of warm-up of a step. Default 5.", DefaultValueFactory = _ => 5 };
    private static readonly Option<double> Precision = new("--precision") { Description = "The share by which the last rate that holds and the first that does not may differ. Default 0.05.", DefaultValueFactory = _ => 0.05 };
    private static readonly Option<int> Steps = new("--max-steps") { Description = "The most rates that are tried. Default 16.", DefaultValueFactory = _ => 16 };
    private static readonly Option<int[]> BareBatch = new("--bare") { Description = "Measure the bare backend at this batch size too; repeat for several.", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
    private static readonly BareArguments BareOptions = new();
    private static readonly TargetOptions Target = new();

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("saturate", "Finds the highest rate within the service level: doubles until it breaks, then halves the interval.") { File, Out, Start, Step, WarmUp, Precision, Steps, BareBatch };
        Target.AddTo(command);
        BareOptions.AddTo(command);
        command.SetAction((arguments, cancellation) => CommandRunner.RunAsync(token => RunAsync(arguments, token), cancellation));
        return command;
    }

    private static async Task<bool> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        IAnsiConsole console = AnsiConsole.Console;
        Scenario scenario = ScenarioFile.Read(arguments.GetRequiredValue(File));
        if (!scenario.Slo.HasLimits) throw new LoadException($"{scenario.Name} states no limits in slo: there is no rate to find.");
        scenario = scenario with { Duration = TimeSpan.FromSeconds(arguments.GetValue(Step)), WarmUp = TimeSpan.FromSeconds(arguments.GetValue(WarmUp)) };
        if (scenario.Duration <= TimeSpan.Zero || scenario.WarmUp < TimeSpan.Zero) throw new LoadException("--step-seconds and --warm-up take seconds, over 0 and from 0.");
        SaturationCurve curve = await Target.UseAsync(arguments, scenario, console, target => SearchAsync(arguments, scenario, target, console, cancellation), cancellation);
        string folder = arguments.GetValue(Out) ?? ResultFolder.Default($"{scenario.Name}-saturation");
        Directory.CreateDirectory(folder);
        await System.IO.File.WriteAllBytesAsync(Path.Combine(folder, "curve.json"), JsonSerializer.SerializeToUtf8Bytes(curve, ReportJson.Options), cancellation);
        SaturationPlot.Write(curve, Path.Combine(folder, "curve"));
        string page = Page(curve);
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "curve.md"), page, cancellation);
        Console.WriteLine(page);
        Console.WriteLine(folder);
        return curve.Knee is not null;
    }

    private static async Task<SaturationCurve> SearchAsync(ParseResult arguments, Scenario scenario, LoadTarget target, IAnsiConsole console, CancellationToken cancellation)
    {
        IReadOnlyList<BareRate> bare = await BareOptions.MeasureAsync(arguments, arguments.GetValue(BareBatch)!, cancellation);
        double start = arguments.GetValue(Start) is > 0 and var given ? given : scenario.Arrivals.Steps[^1].Rate;
        var search = new SaturationSearch(start, arguments.GetValue(Precision), arguments.GetValue(Steps));
        var steps = new List<SaturationStep>();
        RunEnvironment? environment = null;
        while (search.Next is { } rate)
        {
            // Each step draws anew: the same pictures would be in no cache either way, but the same gaps would meet the same luck.
            Scenario step = scenario.AtRate(rate) with { Seed = scenario.Seed + steps.Count };
            RunResult result = await ProgressView.ShowAsync(console, progress => new LoadRun(step, target, progress, TimeProvider.System).RunAsync(cancellation));
            environment ??= RunEnvironment.Here(result.Identity, TimeProvider.System);
            SaturationStep tried = SaturationRule.Judge(rate, RunDocument.Of(result, "", environment, bare), step.Slo);
            steps.Add(tried);
            search.Tried(tried.Holds);
            Console.WriteLine($"{Numbers.Show(rate)} a second {(tried.Holds ? "holds" : "does not hold")}: goodput {Numbers.Show(tried.GoodPerSecond)}/s, p99 {Numbers.Show(tried.AnswerP99Ms)} ms");
        }

        return new SaturationCurve(scenario.Name, environment!, search.Holds, search.IsCutShort, [.. steps.OrderBy(step => step.Rate)], bare);
    }

    private static string Page(SaturationCurve curve)
    {
        var text = new StringBuilder();
        MarkdownTable.Write(
            text,
            [$"{curve.Scenario}: due a second", "holds", "goodput/s", "completed/s", "p50 ms", "p99 ms", "pictures a run", "server's cores"],
            curve.Steps.Select(step => (IReadOnlyList<string>)
            [
                Numbers.Show(step.Rate), step.Holds ? "yes" : "no", Numbers.Show(step.GoodPerSecond), Numbers.Show(step.CompletedPerSecond), Numbers.Show(step.AnswerP50Ms), Numbers.Show(step.AnswerP99Ms), Numbers.Show(step.MeanBatchSize), Numbers.Show(step.CpuCores),
            ]));
        string cut = curve.IsCutShort ? ", though the search was cut short" : "";
        text.Append(curve.Knee is { } knee ? $"The knee: {Numbers.Show(knee.Rate)} requests a second, {Numbers.Show(knee.CompletedPerSecond)} completed{cut}.\n" : $"No rate that was tried holds{cut}.\n");
        foreach (BareRate rate in curve.Bare)
            text.Append(CultureInfo.InvariantCulture, $"The bare backend, {rate.BatchSize} pictures a run: {Numbers.Show(rate.PicturesPerSecond)} a second{(curve.Knee is { } at ? $"; the knee is {Numbers.Percent(at.CompletedPerSecond / rate.PicturesPerSecond)} of it" : "")}.\n");
        return text.ToString();
    }
}
