using System.Diagnostics;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Lifecycle;

/// <summary>The program itself, as people start and end it.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task A_signal_to_end_ends_it_cleanly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Signals are sent with kill, which is not here.");
        using Process server = Start(RunningServer.Flags());
        await WaitForAsync(server, "Ready after");
        using (var kill = Process.Start("kill", ["-TERM", $"{server.Id}"])) await kill.WaitForExitAsync();
        await server.WaitForExitAsync().WaitAsync(Waiting.Limit);

        Assert.Equal(0, server.ExitCode);
        Assert.Equal("", await server.StandardError.ReadToEndAsync());
    }

    [Fact]
    public async Task The_embedded_checkpoints_are_served_where_none_is_named()
    {
        using Process server = Start(["--host", "127.0.0.1", "--port", "0", "--grpc-port", "0", "--metrics-port", "0"]);
        await WaitForAsync(server, "Ready after");

        server.Kill();
        await server.WaitForExitAsync().WaitAsync(Waiting.Limit);
    }

    [Fact]
    public async Task Mistakes_go_to_the_error_stream_with_exit_code_1()
    {
        using Process server = Start(RunningServer.Flags("--max-batch-size", "many"));
        string error = await server.StandardError.ReadToEndAsync().WaitAsync(Waiting.Limit);
        await server.WaitForExitAsync().WaitAsync(Waiting.Limit);

        Assert.Equal((1, "Cannot start: --max-batch-size is 'many': it takes a whole number, 1 to 8."), (server.ExitCode, error.Trim()));
    }

    private static Process Start(string[] flags)
    {
        // Beside the tests lies a copy of the program and of all that it needs.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = RepositoryFolder.Root };
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "QwenVl.Server.dll"), .. flags]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task WaitForAsync(Process server, string text)
    {
        while (await server.StandardOutput.ReadLineAsync().WaitAsync(Waiting.Limit) is { } line)
            if (line.Contains(text, StringComparison.Ordinal)) return;
        Assert.Fail($"The server ended with {server.ExitCode}: {await server.StandardError.ReadToEndAsync()}");
    }
}
