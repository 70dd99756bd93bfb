using Grpc.Core;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Cli;
using QwenVl.Client;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary>Turns what goes wrong in a command into lines and an exit code.</summary>
internal static class CommandRunner
{
    private const int Failed = 1;
    private const int Unusable = 2;
    private const int Interrupted = 130;

    /// <returns>What the command returns; 2 after a line for each mistake on the error stream; 130 where the user interrupted it.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<bool>> command, CancellationToken cancellation)
    {
        try
        {
            return await command(cancellation) ? 0 : Failed;
        }
        catch (ScenarioException error)
        {
            foreach (string mistake in error.Mistakes) await Console.Error.WriteLineAsync(mistake);
            return Unusable;
        }
        catch (Exception error) when (cancellation.IsCancellationRequested && error is OperationCanceledException or RpcException or QwenVlException)
        {
            return Interrupted;
        }
        catch (RpcException error)
        {
            await Console.Error.WriteLineAsync($"The server cannot be used: {error.Status.DebugException?.GetBaseException().Message ?? error.Status.Detail}");
            return Unusable;
        }
        catch (Exception error) when (error is LoadException or CliException or QwenVlException or CheckpointException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(error.Message.ReplaceLineEndings(" "));
            return Unusable;
        }
    }
}
