namespace QwenVl.Cli.Servers;

/// <summary>Where the built server is: beside this program's own folder in <c>artifacts/bin</c>, in the same configuration.</summary>
internal static class ServerProgram
{
    private const string Name = "QwenVl.Server";

    /// <exception cref="CliException">It has not been built.</exception>
    public static string Find(string ownFolder)
    {
        var configuration = new DirectoryInfo(Path.TrimEndingDirectorySeparator(ownFolder));
        string? bin = configuration.Parent?.Parent?.FullName;
        string path = Path.Combine(bin ?? ownFolder, Name, configuration.Name, $"{Name}.dll");
        return File.Exists(path) ? path : throw new CliException($"{path} is missing: build the solution, or name a running server with --server.");
    }
}
