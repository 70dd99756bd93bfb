namespace QwenVl.TensorRt.Native;

/// <summary>Lists where TensorRT may lie, best first. Nothing is loaded here.</summary>
internal static class LibrarySearch
{
    private static readonly string[] Fixed = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64"];
    private static readonly string[] Unpacked = ["/usr/local", "/opt"];
    private static readonly string[] PythonPrefixes = ["/usr", "/usr/local"];

    public static IEnumerable<LibraryCandidate> Candidates(TensorRtOptions options, SearchSystem system)
    {
        if (options.Location is string location) return Explicit(location, options.Product);
        IEnumerable<LibraryCandidate> loader = LibraryNames.Inference(options.Product).Select(name => new LibraryCandidate(name, "the loader's path"));
        return Folders(system.Variable("LD_LIBRARY_PATH"), options.Product).Concat(loader)
            .Concat(InFolders(PythonFolders(system), "a Python package", options.Product))
            .Concat(InFolders(SystemFolders(system), "a system folder", options.Product));
    }

    private static IEnumerable<LibraryCandidate> Explicit(string location, TensorRtProduct? product) =>
        File.Exists(location)
            ? [new LibraryCandidate(Path.GetFullPath(location), "the given file")]
            : LibraryNames.Inference(product).SelectMany(name => new[] { Path.Combine(location, name), Path.Combine(location, "lib", name) })
                .Select(path => new LibraryCandidate(Path.GetFullPath(path), "the given folder"));

    // The variable may have been set after the process began, which the loader does not notice.
    private static IEnumerable<LibraryCandidate> Folders(string? list, TensorRtProduct? product) =>
        InFolders((list ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), "LD_LIBRARY_PATH", product);

    private static IEnumerable<LibraryCandidate> InFolders(IEnumerable<string> folders, string origin, TensorRtProduct? product)
    {
        string[] all = [.. folders];
        // A newer major anywhere goes before an older one, TensorRT before TensorRT-RTX.
        return LibraryNames.Inference(product).SelectMany(name => all.Select(folder => Path.Combine(folder, name)))
            .Where(File.Exists)
            .Select(path => new LibraryCandidate(path, origin));
    }

    private static IEnumerable<string> PythonFolders(SearchSystem system)
    {
        List<string> prefixes = [];
        if (system.Variable("VIRTUAL_ENV") is string environment) prefixes.Add(environment);
        if (system.Variable("CONDA_PREFIX") is string conda) prefixes.Add(conda);
        if (system.Variable("HOME") is string home) prefixes.Add(Path.Combine(home, ".local"));
        prefixes.AddRange(PythonPrefixes.Select(system.At));
        return prefixes.Select(prefix => Path.Combine(prefix, "lib"))
            .SelectMany(lib => Matching(lib, "python3*"))
            .SelectMany(python => new[] { Path.Combine(python, "site-packages"), Path.Combine(python, "dist-packages") })
            .SelectMany(PackageFolders);
    }

    /// <summary>Wheels put the libraries into a package of their own, whose name tells the CUDA version, or below nvidia.</summary>
    private static IEnumerable<string> PackageFolders(string packages) =>
    [
        .. Matching(packages, "tensorrt*").SelectMany(folder => new[] { folder, Path.Combine(folder, "lib") }),
        .. Matching(Path.Combine(packages, "nvidia"), "*").SelectMany(folder => new[] { folder, Path.Combine(folder, "lib") }),
    ];

    private static IEnumerable<string> SystemFolders(SearchSystem system) =>
    [
        .. Fixed.Select(system.At),
        .. Unpacked.Select(system.At).SelectMany(folder => Matching(folder, "tensorrt*", "TensorRT*")).SelectMany(folder => new[] { Path.Combine(folder, "lib"), folder }),
    ];

    private static IEnumerable<string> Matching(string folder, params string[] patterns) =>
        Directory.Exists(folder)
            ? patterns.SelectMany(pattern => Directory.EnumerateDirectories(folder, pattern)).Distinct(StringComparer.Ordinal).OrderDescending(StringComparer.Ordinal)
            : [];
}
