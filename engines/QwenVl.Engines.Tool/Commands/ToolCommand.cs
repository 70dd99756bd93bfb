using System.CommandLine;
using QwenVl.Client;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Pictures.Commands;

namespace QwenVl.Engines.Tool.Commands;

/// <summary><c>qwenvl-engines</c>: the root of all commands, and the one place where a failure becomes a line and an exit code.</summary>
internal static class ToolCommand
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="configuration">Where results and failures are written; null: the process's own streams.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>0; or 1 after a line on the error stream; or 130 where it was interrupted.</returns>
    public static async Task<int> RunAsync(string[] arguments, InvocationConfiguration? configuration = null, CancellationToken cancellationToken = default)
    {
        configuration ??= new InvocationConfiguration();
        configuration.EnableDefaultExceptionHandler = false;
        try
        {
            return await Create().Parse(arguments).InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception problem) when (problem is ToolException or CheckpointException or PlanBuildException or QwenVlException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await configuration.Error.WriteLineAsync(Line(problem.Message));
            return Failed;
        }
    }

    /// <summary>How every problem is written.</summary>
    public static string Line(string message) =>
        "qwenvl-engines: " + string.Join(' ', message.Split((char[]?)['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static RootCommand Create() => new("Looks into Qwen3-VL checkpoints, builds their engines, and tells how right and how good they are.")
    {
        InspectCommand.Create(),
        BuildCommand.Create(),
        VerifyCommand.Create(),
        EvalCommand.Create(),
        DrawCommand.Create(),
    };
}
