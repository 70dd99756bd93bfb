using System.CommandLine;
using QwenVl.Cli.Devices;
using QwenVl.Cli.Display;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Sampling;
using Spectre.Console;

namespace QwenVl.Cli.Commands;

/// <summary><c>qwenvl ask IMAGE PROMPT</c>.</summary>
internal static class AskCommand
{
    private static readonly Uri DefaultServer = new("http://127.0.0.1:8001");

    private static readonly Argument<string> Image = new("IMAGE") { Description = "A picture: JPEG, PNG, WebP or BMP." };
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "What to ask about it." };
    private static readonly Option<Uri?> Server = new("--server") { Description = $"The server's gRPC address. Default: {DefaultServer}" };
    private static readonly Option<string?> DeviceModel = new("--device-model") { Description = "The device's checkpoint or built engines. Default: the embedded checkpoint." };
    private static readonly Option<Route> Way = new("--route") { Description = "Who does what.", DefaultValueFactory = _ => Route.Hybrid };
    private static readonly Option<PictureResolution> Resolution = new("--resolution") { Description = "How many pixels the models see." };
    private static readonly Option<int> MaxTokens = new("--max-tokens") { Description = "The most tokens of the answer.", DefaultValueFactory = _ => 256 };
    private static readonly Option<float> Temperature = new("--temperature") { Description = "0 takes the best token always." };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Of the drawing where the temperature is over 0." };
    private static readonly Option<bool> Timings = new("--timings") { Description = "Show where the time went." };

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("ask", "Asks about a picture.") { Image, Prompt, Server, DeviceModel, Way, Resolution, MaxTokens, Temperature, Seed, Timings };
        command.SetAction((arguments, cancellationToken) => CommandRunner.RunAsync(cancellation => RunAsync(arguments, cancellation), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Console;
        Route route = arguments.GetValue(Way);
        ClientImage image = await ClientImage.FromFileAsync(arguments.GetRequiredValue(Image), cancellationToken);
        string? engines = route == Route.CloudOnly && arguments.GetValue(DeviceModel) is null
            ? null
            : await DeviceEngineFolder.FindOrBuildAsync(arguments.GetValue(DeviceModel) ?? RepositoryFolder.DeviceCheckpoint, console, cancellationToken);
        var options = new QwenVlClientOptions
        {
            ServerAddress = route == Route.DeviceOnly ? null : arguments.GetValue(Server) ?? DefaultServer,
            DeviceEnginePath = engines,
        };
        await using var client = new QwenVlClient(options);
        if (options.ServerAddress is not null) await client.ConnectAsync(cancellationToken);
        var generate = new GenerateOptions
        {
            Route = route,
            MaxNewTokens = arguments.GetValue(MaxTokens),
            Resolution = arguments.GetValue(Resolution),
            Sampling = new SamplingParameters { Temperature = arguments.GetValue(Temperature), Seed = arguments.GetValue(Seed) },
        };
        Answer answer = await client.GenerateAsync(image, arguments.GetRequiredValue(Prompt), generate, cancellationToken);
        AnswerSummary summary = await AnswerView.ShowAsync(answer, console, cancellationToken);
        if (arguments.GetValue(Timings)) console.Write(SummaryTable.Create(summary));
    }
}
