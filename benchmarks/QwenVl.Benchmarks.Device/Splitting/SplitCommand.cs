using System.CommandLine;
using System.Globalization;
using QwenVl.Benchmarks.Device.Speed;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;

namespace QwenVl.Benchmarks.Device.Splitting;

/// <summary><c>split PICTURE</c>: whole answers with a server that runs, and what each stage took of time and memory.</summary>
internal static class SplitCommand
{
    private const double Megabyte = 1e6;

    private static readonly Argument<string> Picture = new("PICTURE") { Description = "A picture." };
    private static readonly Option<string> Server = new("--server") { Description = "The server's gRPC address.", Required = true };
    private static readonly Option<string> Engine = new("--engine") { Description = "The device's engines.", Required = true };
    private static readonly Option<int?> ServerProcess = new("--server-process") { Description = "The server's process number, whose memory is reported too." };
    private static readonly SpeedOptions Choice = new();

    public static Command Create()
    {
        var command = new Command("split", "Asks a running server and lets the device finish, by every route, and prints what each stage took.") { Picture, Server, Engine, ServerProcess };
        Choice.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        ClientImage picture = await ClientImage.FromFileAsync(arguments.GetRequiredValue(Picture), cancellationToken);
        await using var client = new QwenVlClient(new QwenVlClientOptions
        {
            ServerAddress = new Uri(arguments.GetRequiredValue(Server)),
            DeviceEnginePath = arguments.GetRequiredValue(Engine),
            DeviceThreads = Choice.Threads(arguments),
            PrefillChunk = Choice.Chunk(arguments),
        });
        long start = TimeProvider.System.GetTimestamp();
        await client.ConnectAsync(cancellationToken);
        Console.WriteLine(Text($"connected with the decoder loaded after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s; {Memory("self")}"));
        foreach (Route route in (Route[])[Route.Hybrid, Route.CloudFeatures, Route.DeviceOnly])
        {
            await using Answer answer = await client.GenerateAsync(picture, "What is in the picture?", new GenerateOptions { Route = route, MaxNewTokens = Choice.Answer(arguments) }, cancellationToken);
            AnswerSummary summary = await answer.GetSummaryAsync(cancellationToken);
            StageTimings times = summary.Timings;
            Console.WriteLine();
            Console.WriteLine(Text($"{route}: {summary.CloudTokens} tokens from the server, {summary.DeviceTokens} from the device, {summary.VisualTokens} visual tokens, {summary.BytesSent} bytes sent, {summary.BytesReceived} received"));
            Line("picture decoded on the device", times.DecodeImage);
            Line("picture encoded on the device", times.EncodeImage);
            Line("upload", times.Upload);
            Line("preprocessing on the server", summary.Server?.Preprocess);
            Line("encoding by the device's tower on the server", summary.Server?.ClientEncode);
            Line("features complete, since the question", times.FeaturesComplete);
            Line("prompt taken in", times.Prefill);
            Line("first token, since the question", times.FirstToken);
            Line("first token of the device, since the question", times.FirstDeviceToken);
            Line("a token of the device", times.DevicePerToken);
            Line("whole answer", times.Total);
            Console.WriteLine($"  device: {Memory("self")}");
            if (arguments.GetValue(ServerProcess) is { } process) Console.WriteLine($"  server: {Memory(process.ToString(CultureInfo.InvariantCulture))}");
        }
    }

    private static void Line(string stage, TimeSpan? time)
    {
        if (time is { } taken) Console.WriteLine(Text($"  {stage}: {taken.TotalMilliseconds:0} ms"));
    }

    private static string Memory(string process)
    {
        ProcessMemory memory = ProcessMemory.Read(process);
        return Text($"peak {memory.Peak / Megabyte:0} MB, now {memory.Anonymous / Megabyte:0} MB of its own and {memory.File / Megabyte:0} MB of files");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
