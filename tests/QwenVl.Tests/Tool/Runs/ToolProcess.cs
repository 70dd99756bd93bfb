using System.Diagnostics;
using System.Globalization;
using QwenVl.Engines.Tool.Commands;

namespace QwenVl.Tests.Tool.Runs;

/// <summary>A run of <c>qwenvl-engines</c> in a process of its own, for what one process's memory can tell.</summary>
internal static class ToolProcess
{
    /// <returns>What it wrote, and the largest memory it had in bytes: 0 where the system does not say.</returns>
    public static async Task<(string Output, long PeakBytes)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ToolCommand).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            Assert.True(process.ExitCode == 0, await error);
            return (output, PeakBytes(output));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    // Only while it lives does a process tell its peak: the tool says it itself at its end.
    private static long PeakBytes(string output)
    {
        const string Line = "peak memory ";
        string? line = output.Split('\n').FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal));
        if (line is null) return 0;
        string[] parts = line[Line.Length..].Trim().Split(' ');
        int thousands = Array.IndexOf(["B", "kB", "MB", "GB"], parts[1]);
        return (long)(double.Parse(parts[0], CultureInfo.InvariantCulture) * Math.Pow(1000, thousands));
    }
}
