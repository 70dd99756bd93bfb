using System.CommandLine;

namespace QwenVl.Benchmarks.Device.Speed;

/// <summary>What is decoded, and with how many threads.</summary>
internal sealed class SpeedOptions
{
    private readonly Option<int> _threads = new("--threads") { Description = "Threads. Default 2.", DefaultValueFactory = _ => 2 };
    private readonly Option<int> _chunk = new("--chunk") { Description = "Prompt tokens a run, of our decoder. Default: the client's.", DefaultValueFactory = _ => new QwenVl.Client.QwenVlClientOptions().PrefillChunk };
    private readonly Option<int> _prompt = new("--prompt") { Description = "Tokens of the prompt, about. Default 300.", DefaultValueFactory = _ => 300 };
    private readonly Option<int> _answer = new("--answer") { Description = "Tokens decoded. Default 64.", DefaultValueFactory = _ => 64 };
    private readonly Option<int> _repetitions = new("--repetitions") { Description = "Repetitions in a process. Default 2.", DefaultValueFactory = _ => 2 };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_threads, _chunk, _prompt, _answer, _repetitions]) command.Options.Add(option);
    }

    public int Threads(ParseResult arguments) => arguments.GetValue(_threads);

    public int Chunk(ParseResult arguments) => arguments.GetValue(_chunk);

    public int Prompt(ParseResult arguments) => arguments.GetValue(_prompt);

    public int Answer(ParseResult arguments) => arguments.GetValue(_answer);

    public int Repetitions(ParseResult arguments) => arguments.GetValue(_repetitions);
}
