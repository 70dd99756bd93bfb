namespace QwenVl.Tests.Infrastructure;

/// <summary>The folder that holds QwenVlGrpc.sln, found upwards from the test binary.</summary>
internal static class RepositoryFolder
{
    public static string Root { get; } = Find();

    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>C# sources that people wrote, relative to the root.</summary>
    public static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("artifacts/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal));

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "QwenVlGrpc.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No QwenVlGrpc.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
