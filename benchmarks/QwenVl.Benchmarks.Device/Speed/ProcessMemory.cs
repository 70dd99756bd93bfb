using System.Globalization;

namespace QwenVl.Benchmarks.Device.Speed;

/// <summary>What Linux says of a process's memory, in bytes.</summary>
/// <param name="Peak">The most that was resident.</param>
/// <param name="Anonymous">Resident now and of no file.</param>
/// <param name="File">Resident now and of files, which the system may drop.</param>
internal sealed record ProcessMemory(long Peak, long Anonymous, long File)
{
    private const long Kibibyte = 1024;

    /// <param name="process">A process's number, or <c>self</c>.</param>
    public static ProcessMemory Read(string process = "self")
    {
        string[] lines = System.IO.File.ReadAllLines($"/proc/{process}/status");
        return new ProcessMemory(Of("VmHWM"), Of("RssAnon"), Of("RssFile"));

        long Of(string name)
        {
            string line = lines.First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
            return Kibibyte * long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }
}
