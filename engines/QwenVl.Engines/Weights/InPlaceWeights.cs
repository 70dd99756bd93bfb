using QwenVl.Engines.Graphs;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Engines.Weights;

/// <summary>
/// Leaves every tensor where it was downloaded. Download caches keep links to files elsewhere, and ONNX Runtime refuses
/// to follow a link out of the weights' folder: so the folder is the one that the files really share.
/// </summary>
internal sealed class InPlaceWeights : IWeightStore
{
    private readonly Dictionary<string, string> _locations = new(StringComparer.Ordinal);

    public InPlaceWeights(Checkpoint checkpoint)
    {
        Dictionary<string, string> real = checkpoint.Tensors.Values.Select(tensor => tensor.FilePath).Distinct()
            .ToDictionary(path => path, RealPath, StringComparer.Ordinal);
        Folder = CommonFolder(real.Values);
        foreach ((string path, string target) in real) _locations.Add(path, Path.GetRelativePath(Folder, target).Replace('\\', '/'));
    }

    /// <summary>What locations are relative to, an absolute path without links.</summary>
    public string Folder { get; }

    /// <summary>The files, absolute paths without links.</summary>
    public IEnumerable<string> Files => _locations.Values.Select(location => Path.GetFullPath(Path.Combine(Folder, location)));

    public ExternalData Place(TensorEntry tensor) => new(_locations[tensor.FilePath], tensor.Offset, tensor.Length);

    private static string RealPath(string path)
    {
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        string folder = Path.GetDirectoryName(target)!;
        // A folder on the way may be a link too.
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (at.ResolveLinkTarget(returnFinalTarget: true) is { } link)
                return RealPath(Path.Combine(link.FullName, Path.GetRelativePath(at.FullName, target)));
        }

        return target;
    }

    private static string CommonFolder(IEnumerable<string> files)
    {
        string? common = null;
        foreach (string file in files)
        {
            string folder = Path.GetDirectoryName(file)!;
            common ??= folder;
            while (folder != common && !file.StartsWith(Path.TrimEndingDirectorySeparator(common) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                common = Path.GetDirectoryName(common) ?? throw new CheckpointException($"{file}: shares no folder with the checkpoint's other files; keep them on one drive.");
        }

        return common!;
    }
}
