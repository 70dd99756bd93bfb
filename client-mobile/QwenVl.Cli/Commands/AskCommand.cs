using System.CommandLine;
using QwenVl.Cli.Devices;
using QwenVl.Cli.Display;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Client.Routing;
using QwenVl.Engines.Caching;
using QwenVl.Model.Features;
using QwenVl.Model.Sampling;
using Spectre.Console;

namespace QwenVl.Cli.Commands;

/// <summary><c>qwenvl ask IMAGE PROMPT</c>.</summary>
internal static class AskCommand
{
    private const string CalibrationName = "device-calibration.json";

    private static readonly Uri DefaultServer = new("http://127.0.0.1:8001");

    private static readonly (string Name, Route Value)[] Routes =
        [("auto", Route.Auto), ("hybrid", Route.Hybrid), ("cloud-only", Route.CloudOnly), ("cloud-features", Route.CloudFeatures), ("device-only", Route.DeviceOnly)];

    private static readonly (string Name, Privacy Value)[] Privacies = [("may-leave", Privacy.MayLeave), ("local", Privacy.LocalOnly)];

    private static readonly (string Name, PictureResolution Value)[] Resolutions =
        [("auto", PictureResolution.Auto), ("512", PictureResolution.Pixels512), ("1024", PictureResolution.Pixels1024)];

    private static readonly (string Name, FeatureEncoding Value)[] Encodings =
        [("int8", FeatureEncoding.Int8Row), ("float16", FeatureEncoding.Float16), ("int4", FeatureEncoding.Int4Group)];

    private static readonly Argument<string> Image = new("IMAGE") { Description = "A picture: JPEG, PNG, WebP or BMP." };
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "What to ask about it." };
    private static readonly Option<Uri?> Server = AddressOption.Create("--server", $"The server's gRPC address. Default: {DefaultServer}");
    private static readonly Option<string?> ApiKey = ApiKeyOption.Create();
    private static readonly Option<string?> DeviceModel = new("--device-model") { Description = "The device's checkpoint or built engines. Default: the embedded checkpoint." };
    private static readonly Option<string> Way = Choice("--route", "Who does what; auto takes the best for this question, and says why.", Routes);
    private static readonly Option<string> Keep = Choice("--privacy", "local: nothing leaves this device, whatever the route.", Privacies);
    private static readonly Option<string> Resolution = Choice("--resolution", "A budget of so many pixels squared for what the models see.", Resolutions);
    private static readonly Option<string> Features = Choice("--features", "How the server writes features for the way down.", Encodings);
    private static readonly Option<int> MaxTokens = new("--max-tokens") { Description = "The most tokens of the answer.", DefaultValueFactory = _ => 256 };
    private static readonly Option<float> Temperature = new("--temperature") { Description = "0 takes the best token always." };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Of the drawing where the temperature is over 0." };
    private static readonly Option<bool> Timings = new("--timings") { Description = "Show where the time went." };

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("ask", "Asks about a picture.") { Image, Prompt, Server, ApiKey, DeviceModel, Way, Keep, Resolution, Features, MaxTokens, Temperature, Seed, Timings };
        command.SetAction((arguments, cancellationToken) => CommandRunner.RunAsync(cancellation => RunAsync(arguments, cancellation), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Console;
        Route route = ValueOf(arguments, Way, Routes);
        Privacy privacy = ValueOf(arguments, Keep, Privacies);
        ClientImage image = await ClientImage.FromFileAsync(arguments.GetRequiredValue(Image), cancellationToken);
        string? engines = route == Route.CloudOnly && privacy == Privacy.MayLeave && arguments.GetValue(DeviceModel) is null
            ? null
            : await DeviceEngineFolder.FindOrBuildAsync(arguments.GetValue(DeviceModel) ?? RepositoryFolder.DeviceCheckpoint, console, cancellationToken);
        var options = new QwenVlClientOptions
        {
            ServerAddress = route == Route.DeviceOnly ? null : arguments.GetValue(Server) ?? DefaultServer,
            ApiKey = arguments.GetValue(ApiKey),
            DeviceEnginePath = engines,
            Privacy = privacy,
            CalibrationPath = engines is null ? null : Path.Combine(Path.GetDirectoryName(EngineCache.DefaultRoot)!, CalibrationName),
        };
        await using var client = new QwenVlClient(options);
        if (options.ServerAddress is not null && privacy == Privacy.MayLeave) await ConnectAsync(client, route, cancellationToken);
        var generate = new GenerateOptions
        {
            Route = route,
            MaxNewTokens = arguments.GetValue(MaxTokens),
            Resolution = ValueOf(arguments, Resolution, Resolutions),
            FeatureEncoding = ValueOf(arguments, Features, Encodings),
            Sampling = new SamplingParameters { Temperature = arguments.GetValue(Temperature), Seed = arguments.GetValue(Seed) },
        };
        Answer answer = await client.GenerateAsync(image, arguments.GetRequiredValue(Prompt), generate, cancellationToken);
        // Beside the answer, not in it: what reads this program's output reads the answer alone.
        if (answer.Decision is { } decision) await Console.Error.WriteLineAsync($"route: {decision.Explanation}");
        AnswerSummary summary = await AnswerView.ShowAsync(answer, console, cancellationToken);
        if (arguments.GetValue(Timings)) console.Write(SummaryTable.Create(summary));
    }

    /// <summary>Connects. Where the user named no route, the device answers without a server too.</summary>
    private static async Task ConnectAsync(QwenVlClient client, Route route, CancellationToken cancellationToken)
    {
        try
        {
            await client.ConnectAsync(cancellationToken);
        }
        catch (QwenVlException error) when (route == Route.Auto && error.Code == QwenVlErrorCode.ConnectionFailed)
        {
            await Console.Error.WriteLineAsync($"qwenvl: {error.Message}");
        }
    }

    /// <summary>The first name is the default.</summary>
    private static Option<string> Choice<T>(string option, string description, (string Name, T Value)[] choices) =>
        new Option<string>(option) { Description = description, DefaultValueFactory = _ => choices[0].Name }.AcceptOnlyFromAmong([.. choices.Select(choice => choice.Name)]);

    private static T ValueOf<T>(ParseResult arguments, Option<string> option, (string Name, T Value)[] choices) =>
        choices.First(choice => choice.Name == arguments.GetValue(option)).Value;
}
