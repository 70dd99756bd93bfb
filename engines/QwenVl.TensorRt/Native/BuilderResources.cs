namespace QwenVl.TensorRt.Native;

/// <summary>
/// The kernels that TensorRT's builder loads from files beside its library. Whoever installed TensorRT for running only has
/// none, and a builder made without them can end the process instead of failing.
/// </summary>
internal static class BuilderResources
{
    public const string Pattern = "libnvinfer_builder_resource*.so*";

    private const string MapsFile = "/proc/self/maps";

    /// <summary>Whether there are any where the library looks: beside it, or on the loader's path.</summary>
    public static bool Exist(string library, SearchSystem system)
    {
        string? path = Path.IsPathRooted(library) ? library : Mapped(Path.GetFileName(library));
        // Where the library lies is not known: it is for TensorRT to judge.
        if (path is null) return true;
        string? target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        string[] listed = (system.Variable("LD_LIBRARY_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return new[] { path, target }.OfType<string>().Select(file => Path.GetDirectoryName(file)!).Concat(listed)
            .Where(Directory.Exists)
            .Any(folder => Directory.EnumerateFiles(folder, Pattern).Any());
    }

    /// <summary>The path of a library that the loader found by its name.</summary>
    private static string? Mapped(string name) => File.Exists(MapsFile)
        ? File.ReadLines(MapsFile).Select(line => line.IndexOf('/') is int at and >= 0 ? line[at..] : "").FirstOrDefault(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal))
        : null;
}
