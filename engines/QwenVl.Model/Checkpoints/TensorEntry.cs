namespace QwenVl.Model.Checkpoints;

/// <summary>Where a tensor lies.</summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="Type">Its number format, little-endian.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="FilePath">The safetensors file, an absolute path.</param>
/// <param name="Offset">Bytes from the start of the file.</param>
/// <param name="Length">Bytes.</param>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, string FilePath, long Offset, long Length)
{
    /// <summary>Numbers held.</summary>
    public long Count => Length / Type.Size();
}
