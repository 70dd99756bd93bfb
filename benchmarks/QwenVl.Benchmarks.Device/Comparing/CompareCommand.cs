using System.CommandLine;
using System.Globalization;
using QwenVl.Benchmarks.Device.Speed;

namespace QwenVl.Benchmarks.Device.Comparing;

/// <summary><c>compare DIR</c>: our engines and llama.cpp by turns, each time in a process of its own.</summary>
internal static class CompareCommand
{
    private static readonly Argument<string> Source = new("DIR") { Description = "What prepare has written." };
    private static readonly Option<string> Modules = new("--node-modules") { Description = "Folder of npm packages that has node-llama-cpp and @node-llama-cpp/linux-x64.", DefaultValueFactory = _ => "artifacts/llama/node_modules" };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds, of which the median is reported. Default 3.", DefaultValueFactory = _ => 3 };
    private static readonly SpeedOptions Choice = new();

    public static Command Create()
    {
        var command = new Command("compare", "Times our engines and llama.cpp by turns and prints a table of medians with the ratios.") { Source, Modules, Rounds };
        Choice.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string root = Path.GetFullPath(arguments.GetRequiredValue(Source));
        Contender[] contenders = [.. Contenders(arguments, root)];
        int threads = Choice.Threads(arguments), rounds = arguments.GetValue(Rounds);
        var bandwidths = new List<double>();
        var results = contenders.ToDictionary(contender => contender.Name, _ => new List<SpeedResult>());
        for (int round = 0; round < rounds; round++)
        {
            bandwidths.Add(ReadBandwidth.Measure(threads));
            foreach (Contender contender in contenders)
            {
                SpeedResult result = await contender.RunAsync(cancellationToken);
                results[contender.Name].Add(result);
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}, {contender.Name}: prefill {result.PrefillRate:0.0}, decode {result.DecodeRate:0.0} tok/s"));
            }
        }

        bandwidths.Sort();
        CompareTable.Write(Console.Out, contenders, results, bandwidths[rounds / 2], threads);
        return 0;
    }

    private static IEnumerable<Contender> Contenders(ParseResult arguments, string root)
    {
        string[] common = [Text(Choice.Threads(arguments)), Text(Choice.Prompt(arguments)), Text(Choice.Answer(arguments)), Text(Choice.Repetitions(arguments))];
        string gguf = Path.Combine(root, "q4_0.gguf");
        yield return new Contender(Contender.Llama, gguf, "node", [Path.Combine(AppContext.BaseDirectory, "Llama", "speed.mjs"), arguments.GetRequiredValue(Modules), gguf, .. common]);
        foreach (string engine in (string[])["b128", "b128-kv8", "b32"])
        {
            string folder = Path.Combine(root, engine);
            if (!Directory.Exists(folder)) continue;
            yield return new Contender(engine, Path.Combine(folder, "decoder.weights.bin"), Environment.ProcessPath!,
                ["speed", folder, "--threads", common[0], "--prompt", common[1], "--answer", common[2], "--repetitions", common[3], "--chunk", Text(Choice.Chunk(arguments))]);
        }

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
