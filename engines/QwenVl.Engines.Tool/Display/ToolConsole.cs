using System.CommandLine;
using QwenVl.Engines.Tool.Commands;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QwenVl.Engines.Tool.Display;

/// <summary>Results go to the output stream, problems and progress to the error stream; progress only where a person watches.</summary>
internal sealed class ToolConsole
{
    // A file or a pipe has no width of its own, and a path that is broken in two is useless.
    private const int RedirectedWidth = 200;

    private readonly IAnsiConsole _output;
    private readonly IAnsiConsole _error;
    private readonly InvocationConfiguration _streams;

    public ToolConsole(ParseResult arguments)
    {
        _streams = arguments.InvocationConfiguration;
        (_output, _error) = (Create(_streams.Output), Create(_streams.Error));
    }

    /// <summary>Writes a line of results as it is.</summary>
    public void WriteLine(string line = "") => _streams.Output.WriteLine(line);

    /// <summary>Writes a table.</summary>
    public void Write(IRenderable renderable) => _output.Write(renderable);

    /// <summary>Writes a line on the error stream.</summary>
    public void WriteProblem(string message) => _streams.Error.WriteLine(ToolCommand.Line(message));

    /// <summary>Runs work that tells how far it is.</summary>
    public Task<T> WithProgressAsync<T>(string what, Func<ProgressLine, Task<T>> work)
    {
        if (!_error.Profile.Out.IsTerminal) return work(new ProgressLine(what, null));
        return _error.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(context => work(new ProgressLine(what, context.AddTask(Markup.Escape(what), maxValue: 1))));
    }

    private static IAnsiConsole Create(TextWriter writer)
    {
        var output = new AnsiConsoleOutput(writer);
        if (output.IsTerminal) return AnsiConsole.Create(new AnsiConsoleSettings { Out = output });
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = output, Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = RedirectedWidth;
        return console;
    }
}
