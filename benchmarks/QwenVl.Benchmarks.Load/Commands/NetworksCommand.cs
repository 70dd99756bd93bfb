using System.CommandLine;
using System.Text.Json;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Routes;
using QwenVl.Benchmarks.Load.Streaming;
using QwenVl.Cli;
using Spectre.Console;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary><c>networks SCENARIO</c>: routes beside each other over networks.</summary>
internal static class NetworksCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Argument<string> File = new("SCENARIO") { Description = "A scenario of routes, such as benchmarks/scenarios/routes/networks.json." };
    private static readonly Option<string?> Out = new("--out") { Description = "The folder of the results. Default: artifacts/load/SCENARIO-TIME." };
    private static readonly Option<string?> Pictures = new("--pictures") { Description = "A folder of pictures with questions, as qwenvl-engines draw writes it. Default: the embedded checkpoints' held-out ones." };
    private static readonly Option<int?> Questions = new("--questions") { Description = "Questions by each route, instead of the scenario's." };
    private static readonly TargetOptions Target = new();

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("networks", "Asks the same questions by several routes over several networks, with and without others, and compares times, bytes and answers.") { File, Out, Pictures, Questions };
        Target.AddTo(command);
        command.SetAction((arguments, cancellation) => CommandRunner.RunAsync(token => RunAsync(arguments, token), cancellation));
        return command;
    }

    private static async Task<bool> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string path = arguments.GetRequiredValue(File);
        RouteScenario scenario = RouteScenarioFile.Parse(await System.IO.File.ReadAllTextAsync(path, cancellation), path);
        if (arguments.GetValue(Questions) is { } count) scenario = count > 0 ? scenario with { Questions = count } : throw new LoadException($"--questions is {count}: at least 1 is needed.");
        IReadOnlyList<RouteQuestion> questions = RouteQuestion.Draw(arguments.GetValue(Pictures) ?? RepositoryFolder.HeldOutPictures, scenario.Questions, scenario.Seed);
        RouteDocument document = await Target.UseAsync(arguments, scenario.ServerArguments, needsDevice: true, AnsiConsole.Console, target => RunAsync(scenario, target, questions, cancellation), cancellation);
        string folder = arguments.GetValue(Out) ?? ResultFolder.Default(scenario.Name), page = RouteReport.Write(document);
        Directory.CreateDirectory(folder);
        await System.IO.File.WriteAllBytesAsync(Path.Combine(folder, "routes.json"), JsonSerializer.SerializeToUtf8Bytes(document, ReportJson.Options), cancellation);
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "report.md"), page, cancellation);
        Console.WriteLine(page);
        return true;
    }

    private static async Task<RouteDocument> RunAsync(RouteScenario scenario, LoadTarget target, IReadOnlyList<RouteQuestion> questions, CancellationToken cancellation)
    {
        TimeProvider time = TimeProvider.System;
        using var connection = new Connection(target.Server);
        ServerIdentity identity = await ServerIdentity.AskAsync(connection, Patience, time, cancellation);
        var pictures = new FreshPictures(Guid.NewGuid().ToString("N"));
        var run = new RouteRun(scenario, target.Server, target.DeviceEngines!, questions, pictures, time);
        Action<string> say = where => Console.Error.WriteLine(where);
        IReadOnlyList<Transfer> transfers = await new TransferRun(scenario, run, pictures, time).RunAsync(say, cancellation);
        (IReadOnlyList<RouteAnswer> answers, IReadOnlyList<OtherAnswers> others) = await run.AnswersAsync(say, cancellation);
        IEnumerable<RouteEstimate?> estimates = scenario.RealSizes.SelectMany(size => scenario.Routes.SelectMany(route => scenario.Networks.Select(network => RouteEstimate.Of(size, network, route))));
        return new RouteDocument(RunEnvironment.Here(identity, time), scenario, RouteSummary.Of(answers), others, transfers, [.. estimates.OfType<RouteEstimate>()], answers);
    }
}
