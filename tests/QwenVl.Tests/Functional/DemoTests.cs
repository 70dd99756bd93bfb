using System.Diagnostics;
using System.Text.RegularExpressions;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Functional;

/// <summary>The command of the quick start, as a newcomer runs it.</summary>
public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_answers_three_questions_and_the_device_takes_answers_over()
    {
        string configuration = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Name;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[RepositoryFolder.File("artifacts", "bin", "QwenVl.Cli", configuration, "qwenvl.dll"), "demo"]) start.ArgumentList.Add(argument);
        using Process demo = Process.Start(start)!;
        Task<string> errors = demo.StandardError.ReadToEndAsync();
        string output = await demo.StandardOutput.ReadToEndAsync().WaitAsync(Waiting.Limit);
        await demo.WaitForExitAsync().WaitAsync(Waiting.Limit);

        Assert.True(demo.ExitCode == 0, await errors);
        Assert.Equal(3, SummaryLine().Count(output));
        Assert.Contains(" from token ", output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(server|device) \d+ tokens.*ms; ended by the model", RegexOptions.Multiline)]
    private static partial Regex SummaryLine();
}
