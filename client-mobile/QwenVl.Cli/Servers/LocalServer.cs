using System.Diagnostics;
using Spectre.Console;

namespace QwenVl.Cli.Servers;

/// <summary>A server process of this program's own, on free ports; it ends with this object.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly string _folder;
    private readonly RecentLines _said = new(capacity: 20);
    private int _disposed;

    private LocalServer(Process process, string folder)
    {
        (_process, _folder) = (process, folder);
        // Read all the time, or the server would stop at a full pipe.
        process.OutputDataReceived += (_, line) => _said.Add(line.Data);
        process.ErrorDataReceived += (_, line) => _said.Add(line.Data);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>Its gRPC address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The address of its metrics and probes.</summary>
    public Uri MetricsAddress { get; private set; } = null!;

    /// <summary>Starts it and waits until it is ready, which at first start includes building its engines.</summary>
    /// <param name="arguments">Flags besides those of the ports.</param>
    /// <param name="console">Shows that it is starting.</param>
    /// <param name="cancellationToken">Gives up and ends the process.</param>
    /// <exception cref="CliException">It ended before it was ready; the message is its last word.</exception>
    public static async Task<LocalServer> StartAsync(IReadOnlyList<string> arguments, IAnsiConsole console, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("qwenvl-server-").FullName, ready = Path.Combine(folder, "ready.json");
        string program = ServerProgram.Find(AppContext.BaseDirectory);
        // It finds its settings file beside itself.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(program)! };
        foreach (string argument in (string[])[program, "--host", "127.0.0.1", "--port", "0", "--grpc-port", "0", "--metrics-port", "0", "--ready-file", ready, .. arguments])
            start.ArgumentList.Add(argument);
        var server = new LocalServer(new Process { StartInfo = start }, folder);
        try
        {
            server._process.Start();
            server._process.BeginOutputReadLine();
            server._process.BeginErrorReadLine();
            await console.Status().StartAsync("Starting the server; the first start builds its engines", _ => server.WaitAsync(ready, cancellationToken));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        End();
        try
        {
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It was never started.
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitAsync(string ready, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (ReadyFile.Read(ready) is { } ports)
            {
                Address = new Uri($"http://127.0.0.1:{ports.Grpc}");
                MetricsAddress = new Uri($"http://127.0.0.1:{ports.Metrics}");
                return;
            }

            if (_process.HasExited)
            {
                await _process.WaitForExitAsync(cancellationToken);
                throw new CliException($"The server ended with code {_process.ExitCode} before it was ready: {_said}");
            }

            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }

    private void OnExit(object? sender, EventArgs arguments) => End();

    private void End()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended already, or was never started.
        }
    }
}
