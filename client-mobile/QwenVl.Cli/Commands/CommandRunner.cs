using QwenVl.Client;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Cli.Commands;

/// <summary>Turns what goes wrong in a command into one line and an exit code.</summary>
internal static class CommandRunner
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    /// <returns>0, or 1 after a line on the error stream, or 130 where the user interrupted it.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task> command, CancellationToken cancellationToken)
    {
        try
        {
            await command(cancellationToken);
            return 0;
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested && error is (OperationCanceledException or QwenVlException))
        {
            return Interrupted;
        }
        catch (Exception error) when (error is CliException or QwenVlException or CheckpointException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"qwenvl: {OneLine(error.Message)}");
            return Failed;
        }
    }

    private static string OneLine(string message) => string.Join(' ', message.Split((char[]?)['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
