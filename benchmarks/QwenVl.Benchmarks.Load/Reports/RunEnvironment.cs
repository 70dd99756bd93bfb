using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using QwenVl.Benchmarks.Load.Streaming;

namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>Where and of what a run was made.</summary>
/// <param name="Date">When it began.</param>
/// <param name="Processor">The processor's model.</param>
/// <param name="Cores">Processors that this program may use.</param>
/// <param name="MemoryMib">Memory that this program may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET version.</param>
/// <param name="Server">The server's name and version.</param>
/// <param name="ServerCheckpoint">Its checkpoint's fingerprint.</param>
/// <param name="Commit">The commit of the checkout, with a mark where files differ from it; null: unknown.</param>
/// <param name="Command">The command line.</param>
internal sealed record RunEnvironment(
    string Date, string Processor, int Cores, long MemoryMib, string System, string Runtime, string Server, string ServerCheckpoint, string? Commit, string Command)
{
    /// <summary>Looks around.</summary>
    /// <param name="identity">The server.</param>
    /// <param name="time">The clock.</param>
    public static RunEnvironment Here(ServerIdentity identity, TimeProvider time) => new(
        time.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        ProcessorName(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        identity.Welcome.ServerName,
        identity.Welcome.ServerCheckpointFingerprint,
        GitCommit(),
        string.Join(' ', Environment.GetCommandLineArgs().Skip(1)));

    private static string ProcessorName()
    {
        const string Information = "/proc/cpuinfo";
        string? line = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static string? GitCommit()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["-C", AppContext.BaseDirectory, "describe", "--always", "--dirty", "--abbrev=12"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var git = Process.Start(start);
            string? line = git?.StandardOutput.ReadLine();
            git?.WaitForExit();
            return string.IsNullOrEmpty(line) ? null : line;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no git here.
            return null;
        }
    }
}
