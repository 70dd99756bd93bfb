using System.Globalization;
using System.Text.RegularExpressions;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Tool.Runs;

namespace QwenVl.Tests.Tool.Commands;

/// <summary>A build of a checkpoint of the shape of Qwen3-VL-4B as a user runs it: a process, fingerprint and all.</summary>
public sealed partial class LargeBuildTests(ITestOutputHelper output) : IDisposable
{
    private const long MostMemory = 1_500_000_000;
    private const long MostOnDisk = 32 << 20;
    private const double MostSeconds = 30;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Nine_gigabytes_are_neither_copied_nor_held()
    {
        HollowCheckpoint.Require();
        HollowCheckpoint.Write(_folder.File("model"));

        (string said, long peak) = await ToolProcess.RunAsync("build", _folder.File("model"), "--out", _folder.File("engine"));

        output.WriteLine(said);
        Assert.InRange(peak, 0, MostMemory);
        Assert.InRange(new DirectoryInfo(_folder.File("engine")).EnumerateFiles().Sum(file => file.Length), 1, MostOnDisk);
        // Hashing runs at the speed of whatever else the machine does: it is measured, and has no limit here.
        Assert.InRange(Stage().Matches(said).Sum(stage => double.Parse(stage.Groups[1].Value, CultureInfo.InvariantCulture)), 0, MostSeconds);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"(?:vision|decoder|files) (\d+\.\d+) s")]
    private static partial Regex Stage();
}
