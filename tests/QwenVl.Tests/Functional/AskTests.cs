using System.Diagnostics;
using QwenVl.Tests.Client.Routing;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Functional;

/// <summary>The command that asks, as somebody runs it who names no route.</summary>
public sealed class AskTests
{
    [Fact]
    public async Task A_private_question_is_answered_here_and_no_socket_is_opened()
    {
        await using var listener = new CountingListener();

        (int code, string output, string errors) = await RunAsync(listener.Address, "--privacy", "local");

        Assert.True(code == 0, errors);
        Assert.NotEmpty(output.Trim());
        Assert.Contains("route: device only: the client's privacy is LocalOnly", errors, StringComparison.Ordinal);
        Assert.Equal(0, await listener.CountAsync());
    }

    [Fact]
    public async Task Where_no_server_listens_the_device_answers_and_says_why()
    {
        (int code, string output, string errors) = await RunAsync(new Uri("http://127.0.0.1:1"));

        Assert.True(code == 0, errors);
        Assert.NotEmpty(output.Trim());
        Assert.Contains("cannot be reached", errors, StringComparison.Ordinal);
        Assert.Contains("route: device only: there is no open connection", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(Uri server, params string[] more)
    {
        string configuration = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Name;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string program = RepositoryFolder.File("artifacts", "bin", "QwenVl.Cli", configuration, "qwenvl.dll"), picture = RepositoryFolder.File("engines", "nano", "samples", "sign.jpg");
        foreach (string argument in (string[])[program, "ask", picture, "Read the sign.", "--server", server.ToString(), .. more]) start.ArgumentList.Add(argument);
        using Process ask = Process.Start(start)!;
        Task<string> errors = ask.StandardError.ReadToEndAsync();
        string output = await ask.StandardOutput.ReadToEndAsync().WaitAsync(Waiting.Limit);
        await ask.WaitForExitAsync().WaitAsync(Waiting.Limit);
        return (ask.ExitCode, output, await errors);
    }
}
