namespace QwenVl.TensorRt.Native;

/// <summary>Loads the first library of the search that can be used, and the parser that goes with it.</summary>
internal static class LibraryLoader
{
    public static InferenceLibrary LoadInference(TensorRtOptions options, SearchSystem system)
    {
        List<string> tried = [];
        foreach (LibraryCandidate candidate in LibrarySearch.Candidates(options, system))
        {
            try
            {
                InferenceLibrary library = InferenceLibrary.Load(candidate.Path);
                if (options.Product is not TensorRtProduct wanted || wanted == library.Abi.Version.Product) return library;
                tried.Add($"{candidate.Path} ({candidate.Origin}): it is {library.Abi.Version}");
            }
            catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or NotSupportedException)
            {
                tried.Add($"{candidate.Path} ({candidate.Origin}): {FirstLine(error.Message)}");
            }
        }

        string wantedName = options.Product is TensorRtProduct product ? product.DisplayName() : "TensorRT or TensorRT-RTX";
        string advice = options.Location is null
            ? "Install it (pip install tensorrt, a package or an archive of NVIDIA) or name its folder in TensorRtOptions.Location."
            : $"TensorRtOptions.Location is {options.Location}.";
        throw new TensorRtNotFoundException($"No usable {wantedName} library was found. {advice}", tried, listed: true);
    }

    /// <summary>Null where there is no parser at all, which is an installation for running only.</summary>
    public static ParserLibrary? LoadParser(TensorRtOptions options, InferenceLibrary library, out string reason)
    {
        reason = "";
        if (options.ParserLibrary is string given) return ParserLibrary.Load(given, library.Abi);
        string name = LibraryNames.ParserOf(library.Abi.Version);
        string beside = Path.IsPathRooted(library.Path) ? Path.Combine(Path.GetDirectoryName(library.Path)!, name) : name;
        List<string> tried = [];
        foreach (string path in new[] { beside, name }.Distinct(StringComparer.Ordinal))
        {
            try
            {
                return ParserLibrary.Load(path, library.Abi);
            }
            catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
            {
                tried.Add($"{path}: {FirstLine(error.Message)}");
            }
        }

        reason = string.Join("; ", tried);
        return null;
    }

    private static string FirstLine(string message) => message.AsSpan()[..(message.AsSpan().IndexOfAny('\r', '\n') is int end and >= 0 ? end : message.Length)].Trim().ToString();
}
