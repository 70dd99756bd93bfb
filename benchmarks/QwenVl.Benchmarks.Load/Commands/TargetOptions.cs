using System.CommandLine;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Server;
using QwenVl.Cli;
using QwenVl.Cli.Commands;
using QwenVl.Cli.Devices;
using QwenVl.Cli.Servers;
using Spectre.Console;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary>The options that say which server gets the load.</summary>
internal sealed class TargetOptions
{
    private readonly Option<Uri?> _server = AddressOption.Create("--server", "A running server's gRPC address, such as http://127.0.0.1:8001.");
    private readonly Option<Uri?> _metrics = AddressOption.Create("--metrics", "The page of its metrics, such as http://127.0.0.1:8002/metrics. Default: none is read.");
    private readonly Option<bool> _start = new("--start-server") { Description = "Start a server on free ports for this run, and end it afterwards." };
    private readonly Option<string?> _arguments = new("--server-args") { Description = "Arguments of that server, in one string. Default: the scenario's server_args." };
    private readonly Option<string?> _device = new("--device-model") { Description = "The checkpoint or engines of devices that finish answers themselves. Default: the embedded checkpoint." };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_server, _metrics, _start, _arguments, _device]) command.Options.Add(option);
    }

    /// <summary>Uses a target, starting its server where that was asked for.</summary>
    public Task<T> UseAsync<T>(ParseResult arguments, Scenario scenario, IAnsiConsole console, Func<LoadTarget, Task<T>> use, CancellationToken cancellation) =>
        UseAsync(arguments, scenario.ServerArguments, scenario.Shares.Local > 0, console, use, cancellation);

    /// <summary>Uses a target, starting its server where that was asked for.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="serverArguments">Of a server that is started, where the command line does not say.</param>
    /// <param name="needsDevice">Whether a device's engines are needed.</param>
    /// <param name="console">Shows what takes long.</param>
    /// <param name="use">What to do with it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<T> UseAsync<T>(ParseResult arguments, string serverArguments, bool needsDevice, IAnsiConsole console, Func<LoadTarget, Task<T>> use, CancellationToken cancellation)
    {
        Uri? server = arguments.GetValue(_server);
        bool starts = arguments.GetValue(_start);
        if (starts == (server is not null)) throw new LoadException("Name a running server with --server, or let one be started with --start-server.");
        string? engines = needsDevice ? await DeviceEngineFolder.FindOrBuildAsync(Path.GetFullPath(arguments.GetValue(_device) ?? RepositoryFolder.DeviceCheckpoint), console, cancellation) : null;
        await using LocalServer? own = starts ? await LocalServer.StartAsync(Split(arguments.GetValue(_arguments) ?? serverArguments), console, cancellation) : null;
        Uri? page = own is not null ? new Uri(own.MetricsAddress, "/metrics") : arguments.GetValue(_metrics);
        using MetricsClient? metrics = page is null ? null : new MetricsClient(page);
        return await use(new LoadTarget(own?.Address ?? server!, metrics, engines));
    }

    /// <summary>Words, where quotes hold blanks together.</summary>
    internal static IReadOnlyList<string> Split(string arguments) => [.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(arguments)];
}
