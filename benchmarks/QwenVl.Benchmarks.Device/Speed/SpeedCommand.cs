using System.CommandLine;
using System.Text.Json;
using QwenVl.Client;

namespace QwenVl.Benchmarks.Device.Speed;

/// <summary><c>speed ENGINE</c>: one process's measurement of one engine, as a line of JSON.</summary>
internal static class SpeedCommand
{
    private static readonly Argument<string> Engine = new("ENGINE") { Description = "A folder of engines." };
    private static readonly SpeedOptions Choice = new();

    public static Command Create()
    {
        var command = new Command("speed", "Times an engine's decoder in this process and prints a line of JSON.") { Engine };
        Choice.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var options = new QwenVlClientOptions
        {
            DeviceEnginePath = arguments.GetRequiredValue(Engine),
            DeviceThreads = Choice.Threads(arguments),
            PrefillChunk = Choice.Chunk(arguments),
        };
        SpeedResult result = await new SpeedRun(options, Choice.Prompt(arguments), Choice.Answer(arguments)).RunAsync(Choice.Repetitions(arguments));
        Console.WriteLine(JsonSerializer.Serialize(result, SpeedJson.Default.SpeedResult));
    }
}
