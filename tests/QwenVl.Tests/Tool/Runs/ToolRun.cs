using System.CommandLine;
using QwenVl.Engines.Tool.Commands;

namespace QwenVl.Tests.Tool.Runs;

/// <summary>One run of <c>qwenvl-engines</c> in this process, from its arguments to its exit code.</summary>
/// <param name="ExitCode">What the process would end with.</param>
/// <param name="Output">The output stream.</param>
/// <param name="Error">The error stream.</param>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    public static async Task<ToolRun> OfAsync(params string[] arguments)
    {
        await using StringWriter output = new(), error = new();
        int code = await ToolCommand.RunAsync(arguments, new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return new ToolRun(code, output.ToString(), error.ToString());
    }

    /// <summary>It succeeded, and said so on the output stream alone.</summary>
    public void AssertSucceeded()
    {
        Assert.Equal("", Error);
        Assert.Equal(0, ExitCode);
    }

    /// <summary>It failed with one line on the error stream that holds all of these.</summary>
    public void AssertRefused(params string[] parts)
    {
        Assert.NotEqual(0, ExitCode);
        string line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("qwenvl-engines: ", line, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, line, StringComparison.Ordinal));
    }
}
