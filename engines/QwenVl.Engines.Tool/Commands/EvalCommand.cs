using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Engines.Building;
using QwenVl.Engines.Tool.Building;
using QwenVl.Engines.Tool.Display;
using QwenVl.Engines.Tool.Evaluation;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Vision;

namespace QwenVl.Engines.Tool.Commands;

/// <summary><c>eval DIR PICTURES</c>: how many questions about pictures a checkpoint answers right.</summary>
internal static class EvalCommand
{
    private static readonly Dictionary<string, PictureResolution> Resolutions = new()
    {
        ["512"] = PictureResolution.Pixels512,
        ["1024"] = PictureResolution.Pixels1024,
        ["auto"] = PictureResolution.Auto,
    };

    private static readonly Argument<string> Source = CheckpointArgument.Create();
    private static readonly Argument<string> Pictures = new("PICTURES") { Description = "Folder with pictures.jsonl, as draw writes it." };
    private static readonly Option<Uri?> Server = new("--server")
    {
        Description = "Ask the server at this gRPC address instead: its own checkpoint answers, whatever DIR holds.",
        CustomParser = ParseAddress,
    };

    private static readonly Option<string> Resolution = new Option<string>("--resolution")
    {
        Description = "What the checkpoint sees of a picture: a budget of 512 x 512 or 1024 x 1024 pixels, or auto for what the picture needs.",
        DefaultValueFactory = _ => "512",
    }.AcceptOnlyFromAmong([.. Resolutions.Keys]);

    private static readonly Option<string?> Features = new Option<string?>("--features")
    {
        Description = "Write each picture's features for the wire and read them again before the decoder gets them, as a client of a server does; float32 leaves them as they are.",
    }.AcceptOnlyFromAmong([.. FeatureWays.Names]);

    private static readonly Option<int?> Limit = new("--limit") { Description = "The most pictures, the first of the list. Default: all." };
    private static readonly Option<int> Show = new("--show") { Description = "Wrong answers to show.", DefaultValueFactory = _ => 5 };
    private static readonly Option<string?> Json = new("--json") { Description = "Write scores and every wrong answer into this file." };
    private static readonly Option<string?> Answers = new("--answers") { Description = "Write every answer with its tokens into this file, a line of JSON each." };
    private static readonly EngineChoice Choice = new();

    public static Command Create()
    {
        var command = new Command("eval", "Scores a checkpoint on pictures with questions and right answers, decoding greedily.") { Source, Pictures, Server, Resolution, Features, Limit, Show, Json, Answers };
        Choice.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static Uri? ParseAddress(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address)) return address;
        argument.AddError($"--server {text} is no address such as http://127.0.0.1:8001.");
        return null;
    }

    private static async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var console = new ToolConsole(arguments);
        string directory = CheckpointArgument.Read(arguments, Source), folder = Path.GetFullPath(arguments.GetRequiredValue(Pictures));
        EngineBuildOptions options = Choice.Read(arguments);
        int limit = arguments.GetValue(Limit) ?? int.MaxValue;
        if (limit < 1) throw new ToolException("--limit must be at least 1.");
        // Before hours of asking are lost.
        ReportFile.RequireFolder(arguments.GetValue(Json));
        ReportFile.RequireFolder(arguments.GetValue(Answers), Answers.Name);
        IReadOnlyList<AskedPicture> pictures = PictureList.Read(folder, limit);
        Uri? server = arguments.GetValue(Server);
        PictureResolution resolution = Resolutions[arguments.GetRequiredValue(Resolution)];
        string? way = arguments.GetValue(Features);
        if (way is not null && server is not null) throw new ToolException("--features writes features of DIR's own tower: leave --server out.");
        if (way is not null && resolution == PictureResolution.Auto) throw new ToolException("--features writes a picture's features once, for all of its questions: name 512 or 1024 with --resolution.");
        using AnswerFile? answers = arguments.GetValue(Answers) is { } answersPath ? new AnswerFile(answersPath) : null;
        EvaluationReport report = await console.WithProgressAsync("Asking", async progress =>
        {
            EngineDirectory? engine = server is null
                ? await Choice.Cache(arguments).GetOrBuildAsync(directory, await Choice.CalibrateAsync(arguments, directory, options, progress, cancellationToken), progress, cancellationToken)
                : null;
            await using var client = new QwenVlClient(new QwenVlClientOptions { ServerAddress = server, DeviceEnginePath = engine?.Path });
            if (server is not null) await client.ConnectAsync(cancellationToken);
            long start = TimeProvider.System.GetTimestamp();
            using IVisionEncoder? vision = way is null ? null : OnnxVisionEncoder.Load(engine!, new OnnxRuntimeOptions());
            WrittenFeatures? features = vision is null ? null : new WrittenFeatures(vision, engine!.Manifest.Fingerprint.Model, way!, resolution == PictureResolution.Pixels1024 ? SmartResize.Pixels1024 : SmartResize.Pixels512);
            ScoreCount count = await new Evaluator(client, server is null ? Route.DeviceOnly : Route.CloudOnly, resolution, features).RunAsync(folder, pictures, answers is null ? null : answers.Add, progress, cancellationToken);
            double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            return new EvaluationReport(engine?.Path ?? server!.ToString(), folder, pictures.Count, seconds, count.ByTask(), count.ByKind(), count.VisualTokens, count.Wrong, features?.Score());
        });

        answers?.Publish();
        console.Write(ScoreTable.Create(report));
        foreach (WrongAnswer wrong in report.Wrong.Take(arguments.GetValue(Show)))
            console.WriteLine($"{wrong.File}, {wrong.Task}: {wrong.Prompt}\n  right: {wrong.Right}\n  wrong: {Printable.Of(wrong.Answer)}");
        console.WriteLine($"{Quantities.Count(report.PictureCount)} pictures, {Quantities.Count(report.Sums.Sum(score => score.Asked))} questions in {Quantities.Seconds(TimeSpan.FromSeconds(report.Seconds))}, answered by {report.Answerer}");
        if (report.VisualTokens is { } tokens) console.WriteLine($"{Quantities.Count(tokens)} visual tokens, {Quantities.Count(tokens / report.PictureCount)} a picture");
        if (report.Features is { } score)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"features in {score.Encoding}: {score.BytesPerToken:0.##} bytes a token; cosine {string.Join(", ", score.Cosines.Select(cosine => cosine.ToString("0.000000", CultureInfo.InvariantCulture)))} (main rows, then taps), the least {score.LeastCosine:0.0000}"));
        if (arguments.GetValue(Json) is { } path) ReportFile.Write(path, report, EvaluationJson.Readable.EvaluationReport);
    }
}
