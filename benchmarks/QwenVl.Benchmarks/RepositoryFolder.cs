namespace QwenVl.Benchmarks;

/// <summary>The checkout that this program was built in; BenchmarkDotNet runs copies of it from folders below.</summary>
internal static class RepositoryFolder
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "QwenVlGrpc.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No QwenVlGrpc.sln above {AppContext.BaseDirectory}: run the benchmarks from a checkout.");
    }
}
