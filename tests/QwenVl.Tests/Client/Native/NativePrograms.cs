using System.Diagnostics;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Client.Native;

/// <summary>What <c>client-mobile/native.sh</c> published: programs without .NET.</summary>
internal static class NativePrograms
{
    private static readonly string Folder = RepositoryFolder.File("artifacts", "native", "linux-x64");

    /// <summary>A program's path; skips the test, saying why, where nothing was published.</summary>
    public static string Find(string name)
    {
        string path = Path.Combine(Folder, name);
        Assert.SkipUnless(File.Exists(path), $"{path} is not here: run client-mobile/native.sh.");
        return path;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote; its exit code was 0.</returns>
    public static async Task<string> RunAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(name), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Memory that .NET's runtime keeps to the end of the process is no leak of the library.
        start.Environment["ASAN_OPTIONS"] = "detect_leaks=0";
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Waiting.Limit);
            await process.WaitForExitAsync().WaitAsync(Waiting.Limit);
            Assert.True(process.ExitCode == 0, $"{name} ended with {process.ExitCode}: {await error}{output}");
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
