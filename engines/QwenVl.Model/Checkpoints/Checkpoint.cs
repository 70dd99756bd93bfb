using Microsoft.Win32.SafeHandles;
using QwenVl.Model.Configuration;

namespace QwenVl.Model.Checkpoints;

/// <summary>
/// A Qwen3-VL checkpoint in Hugging Face layout, as downloaded: <c>config.json</c>, <c>tokenizer.json</c> and one or more
/// safetensors files. Opening it reads headers only and checks every tensor that the configuration implies. Safe for
/// concurrent reads. Its files must not change while it is open.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly Dictionary<string, SafeFileHandle> _files;
    private readonly Dictionary<string, TensorEntry> _tensors;

    private Checkpoint(string directory, ModelConfig config, Dictionary<string, SafeFileHandle> files, Dictionary<string, TensorEntry> tensors) =>
        (Directory, Config, _files, _tensors) = (directory, config, files, tensors);

    /// <summary>The checkpoint's folder, an absolute path.</summary>
    public string Directory { get; }

    /// <summary>The checkpoint's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>The path of <c>tokenizer.json</c>, which exists.</summary>
    public string TokenizerPath => Path.Combine(Directory, "tokenizer.json");

    /// <summary>All tensors by name, also those that the configuration does not need.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _tensors;

    /// <summary>Opens a folder.</summary>
    /// <param name="directory">The folder of <c>config.json</c>.</param>
    /// <returns>The checkpoint; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">A file is missing, damaged or contradicts the configuration.</exception>
    public static Checkpoint Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        directory = Path.GetFullPath(directory);
        ModelConfig config = ModelConfigReader.Read(directory);
        var files = new Dictionary<string, SafeFileHandle>(StringComparer.Ordinal);
        var checkpoint = new Checkpoint(directory, config, files, new(StringComparer.Ordinal));
        try
        {
            foreach ((string path, IReadOnlyList<string> promised) in CheckpointFiles.Find(directory)) checkpoint.AddFile(path, promised);
            checkpoint.RequireExpected();
            if (!File.Exists(checkpoint.TokenizerPath)) throw new CheckpointException($"{checkpoint.TokenizerPath}: missing; download it beside config.json.");
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Where a tensor lies.</summary>
    /// <exception cref="CheckpointException">There is none of this name.</exception>
    public TensorEntry Get(string name) =>
        _tensors.TryGetValue(name, out TensorEntry? entry) ? entry : throw new CheckpointException($"{Directory}: no tensor {name}.");

    /// <summary>Reads a part of a tensor's bytes.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="byteOffset">Bytes from the tensor's start.</param>
    /// <param name="destination">Filled whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within the tensor.</exception>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public void Read(TensorEntry tensor, long byteOffset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(byteOffset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteOffset, tensor.Length - destination.Length);
        FileBytes.ReadExactly(_files[tensor.FilePath], tensor.FilePath, tensor.Offset + byteOffset, destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafeFileHandle file in _files.Values) file.Dispose();
    }

    private void AddFile(string path, IReadOnlyList<string> promised)
    {
        if (!File.Exists(path)) throw new CheckpointException($"{path}: missing, though the index places tensor {promised[0]} there; download it again.");
        SafeFileHandle file = FileBytes.Open(path);
        _files.Add(path, file);
        foreach (TensorEntry entry in SafetensorsFile.ReadEntries(file, path))
        {
            if (!_tensors.TryAdd(entry.Name, entry)) throw new CheckpointException($"{path}: tensor {entry.Name} is also in {_tensors[entry.Name].FilePath}.");
        }

        foreach (string name in promised)
        {
            if (!_tensors.TryGetValue(name, out TensorEntry? entry) || entry.FilePath != path)
                throw new CheckpointException($"{path}: lacks tensor {name}, which the index places there.");
        }
    }

    private void RequireExpected()
    {
        foreach ((string name, long[] shape) in ExpectedTensors.Of(Config))
        {
            if (!_tensors.TryGetValue(name, out TensorEntry? entry))
            {
                throw new CheckpointException($"{Directory}: tensor {name} is missing from {string.Join(", ", _files.Keys.Select(Path.GetFileName).Order(StringComparer.Ordinal))}; "
                    + "config.json implies it. Renamed or incomplete checkpoints are not read.");
            }

            if (!entry.Shape.SequenceEqual(shape))
            {
                throw new CheckpointException($"{entry.FilePath}: tensor {name} is of shape [{string.Join(", ", entry.Shape)}] where config.json implies [{string.Join(", ", shape)}].");
            }
        }
    }
}
