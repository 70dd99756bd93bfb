using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Engines.Plans;

/// <summary>
/// The files that a graph's weights lie in, mapped: pages come from the disk when TensorRT reads them and go again when
/// memory is short. A view stays mapped while somebody holds its handle, also after this was disposed.
/// </summary>
internal sealed class MappedWeights(string folder) : IDisposable
{
    private readonly Dictionary<string, MemoryMappedViewAccessor> _views = new(StringComparer.Ordinal);

    /// <summary>Where the bytes are.</summary>
    /// <exception cref="CheckpointException">The file is missing, cannot be read, or ends before them.</exception>
    public (nint Address, SafeHandle Owner) Find(string tensor, ExternalData data)
    {
        MemoryMappedViewAccessor view = View(data.Location);
        if (data.Offset < 0 || data.Length < 0 || data.Length > view.Capacity - data.Offset)
            throw new CheckpointException($"{Path.Combine(folder, data.Location)}: tensor {tensor} ends at byte {data.Offset + data.Length} of a file of {view.Capacity}; it was changed, build the engine again.");
        SafeHandle owner = view.SafeMemoryMappedViewHandle;
        return (checked((nint)(owner.DangerousGetHandle() + view.PointerOffset + data.Offset)), owner);
    }

    public void Dispose()
    {
        foreach (MemoryMappedViewAccessor view in _views.Values) view.Dispose();
    }

    private MemoryMappedViewAccessor View(string location)
    {
        if (_views.TryGetValue(location, out MemoryMappedViewAccessor? view)) return view;
        string path = Path.Combine(folder, location);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var mapped = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            // Without a length the view would be rounded up to whole pages, and hide that a file is short.
            view = mapped.CreateViewAccessor(0, file.Length, MemoryMappedFileAccess.Read);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CheckpointException($"{path}: cannot be mapped ({problem.Message})", problem);
        }

        _views.Add(location, view);
        return view;
    }
}
