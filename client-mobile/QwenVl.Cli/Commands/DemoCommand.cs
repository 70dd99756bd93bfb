using System.CommandLine;
using QwenVl.Cli.Devices;
using QwenVl.Cli.Display;
using QwenVl.Cli.Samples;
using QwenVl.Cli.Servers;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using Spectre.Console;

namespace QwenVl.Cli.Commands;

/// <summary><c>qwenvl demo</c>: the whole thing on the embedded checkpoints.</summary>
internal static class DemoCommand
{
    private const int ServersShare = 8;
    private static readonly Option<Uri?> Server = AddressOption.Create("--server", "A running server's gRPC address. Default: a server of its own is started, and ended afterwards.");
    private static readonly Option<string?> ApiKey = ApiKeyOption.Create();
    private static readonly Option<string?> DeviceModel = new("--device-model") { Description = "The device's checkpoint. Default: the embedded one." };
    private static readonly Option<string?> CloudModel = new("--cloud-model") { Description = "The started server's checkpoint. Default: the embedded one." };
    private static readonly Option<string?> SampleFolder = new("--samples") { Description = "A folder with samples.json and its pictures. Default: three embedded ones." };
    private static readonly Option<int> MaxTokens = new("--max-tokens") { Description = "The most tokens of an answer.", DefaultValueFactory = _ => 96 };

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("demo", "Asks a few questions, and shows who wrote which part of the answers and where the time went.") { Server, ApiKey, DeviceModel, CloudModel, SampleFolder, MaxTokens };
        command.SetAction((arguments, cancellationToken) => CommandRunner.RunAsync(cancellation => RunAsync(arguments, cancellation), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Console;
        IReadOnlyList<Sample> samples = SampleList.Read(arguments.GetValue(SampleFolder) ?? RepositoryFolder.Samples);
        string checkpoint = Path.GetFullPath(arguments.GetValue(DeviceModel) ?? RepositoryFolder.DeviceCheckpoint);
        string engines = await DeviceEngineFolder.FindOrBuildAsync(checkpoint, console, cancellationToken);
        if (arguments.GetValue(Server) is { } given)
        {
            await AskAllAsync(given, engines, samples, arguments, console, cancellationToken);
            return;
        }

        List<string> flags = [];
        if (arguments.GetValue(CloudModel) is { } cloud) flags.AddRange(["--model-path", Path.GetFullPath(cloud)]);
        if (arguments.GetValue(DeviceModel) is not null) flags.AddRange(["--client-model-path", checkpoint]);
        await using LocalServer server = await LocalServer.StartAsync(flags, console, cancellationToken);
        await AskAllAsync(server.Address, engines, samples, arguments, console, cancellationToken);
    }

    private static async Task AskAllAsync(Uri server, string engines, IReadOnlyList<Sample> samples, ParseResult arguments, IAnsiConsole console, CancellationToken cancellationToken)
    {
        await using var client = new QwenVlClient(new QwenVlClientOptions { ServerAddress = server, ApiKey = arguments.GetValue(ApiKey), DeviceEnginePath = engines, FirstTokenPatience = Timeout.InfiniteTimeSpan });
        await console.Status().StartAsync("Connecting, and warming up the device", async _ =>
        {
            await client.ConnectAsync(cancellationToken);
            await client.WarmUp(512, 512, cancellationToken);
        });
        console.Write("Tokens of ");
        console.Write(new Text("the server", AnswerView.Cloud));
        console.Write(" and of ");
        console.Write(new Text("this device", AnswerView.Device));
        console.WriteLine(".");
        // Both ends are one machine here, so that a small server often ends its answer before the device could ask for it.
        var options = new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = arguments.GetValue(MaxTokens), MaxCloudTokens = ServersShare };
        foreach (Sample sample in samples)
        {
            ClientImage image = await ClientImage.FromFileAsync(sample.Path, cancellationToken);
            console.WriteLine();
            console.WriteLine($"{Path.GetFileName(sample.Path)}: {sample.Prompt}", new Style(decoration: Decoration.Bold));
            Answer answer = await client.GenerateAsync(image, sample.Prompt, options, cancellationToken);
            AnswerSummary summary = await AnswerView.ShowAsync(answer, console, cancellationToken);
            console.WriteLine(SummaryTable.Line(summary), new Style(decoration: Decoration.Dim));
            console.Write(SummaryTable.Create(summary));
        }
    }
}
