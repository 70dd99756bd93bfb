using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace QwenVl.Model.Checkpoints;

/// <summary>Reads and distrusts the header of one safetensors file: eight bytes of length, JSON, then the tensors' bytes.</summary>
internal static class SafetensorsFile
{
    private const int PrefixLength = 8;
    private const long MostHeaderBytes = 100_000_000;

    /// <returns>The file's tensors in the order of their offsets.</returns>
    public static IReadOnlyList<TensorEntry> ReadEntries(SafeFileHandle file, string path)
    {
        long fileLength = RandomAccess.GetLength(file);
        byte[] header = ReadHeader(file, path, fileLength);
        long dataStart = PrefixLength + header.Length;
        try
        {
            using JsonDocument json = JsonDocument.Parse(header);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new CheckpointException($"{path}: the header is not a JSON object.");
            var names = new HashSet<string>(StringComparer.Ordinal);
            var entries = new List<TensorEntry>();
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__") continue;
                if (!names.Add(property.Name)) throw new CheckpointException($"{path}: tensor {property.Name} occurs twice in the header.");
                entries.Add(ReadEntry(property, path, dataStart, fileLength));
            }

            entries.Sort((left, right) => left.Offset.CompareTo(right.Offset));
            for (int i = 1; i < entries.Count; i++)
            {
                if (entries[i].Offset < entries[i - 1].Offset + entries[i - 1].Length)
                    throw new CheckpointException($"{path}: tensors {entries[i - 1].Name} and {entries[i].Name} overlap.");
            }

            return entries;
        }
        catch (JsonException error)
        {
            throw new CheckpointException($"{path}: the header is not JSON ({error.Message})", error);
        }
    }

    private static byte[] ReadHeader(SafeFileHandle file, string path, long fileLength)
    {
        if (fileLength < PrefixLength) throw new CheckpointException($"{path}: {fileLength} bytes are too few for a safetensors file; download it again.");
        Span<byte> prefix = stackalloc byte[PrefixLength];
        FileBytes.ReadExactly(file, path, 0, prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MostHeaderBytes) throw new CheckpointException($"{path}: a header of {length} bytes is stated, over the format's limit of {MostHeaderBytes}.");
        if ((long)length > fileLength - PrefixLength)
            throw new CheckpointException($"{path}: a header of {length} bytes is stated but {fileLength - PrefixLength} follow; download it again.");
        var header = new byte[length];
        FileBytes.ReadExactly(file, path, PrefixLength, header);
        return header;
    }

    private static TensorEntry ReadEntry(JsonProperty property, string path, long dataStart, long fileLength)
    {
        string name = property.Name;
        if (property.Value.ValueKind != JsonValueKind.Object
            || !property.Value.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !TryLongs(property.Value, "shape", out long[] shape)
            || !TryLongs(property.Value, "data_offsets", out long[] offsets) || offsets.Length != 2)
        {
            throw new CheckpointException($"{path}: tensor {name} lacks a dtype, a shape of whole numbers or two data_offsets.");
        }

        if (!TensorTypes.TryParse(dtype.GetString(), out TensorType type))
            throw new CheckpointException($"{path}: tensor {name} is of type {dtype.GetString()}; only BF16, F16 and F32 are read. Take the checkpoint that was not quantised.");

        long begin = offsets[0], end = offsets[1];
        if (end < begin) throw new CheckpointException($"{path}: tensor {name} has data_offsets [{begin}, {end}] that run backwards.");
        if (end > fileLength - dataStart)
            throw new CheckpointException($"{path}: tensor {name} ends at byte {dataStart + end} of a file of {fileLength}; the file is truncated, download it again.");

        long bytes = type.Size();
        foreach (long dimension in shape)
        {
            // Compared by division: a shape from a stranger may overflow a product.
            if (dimension != 0 && bytes > fileLength / dimension) bytes = long.MaxValue;
            else bytes *= dimension;
        }

        if (bytes != end - begin)
            throw new CheckpointException($"{path}: tensor {name} of shape [{string.Join(", ", shape)}] in {type.SafetensorsName()} does not fill its {end - begin} bytes.");
        return new TensorEntry(name, type, shape, path, dataStart + begin, end - begin);
    }

    private static bool TryLongs(JsonElement owner, string key, out long[] values)
    {
        values = [];
        if (!owner.TryGetProperty(key, out JsonElement list) || list.ValueKind != JsonValueKind.Array) return false;
        var read = new long[list.GetArrayLength()];
        for (int i = 0; i < read.Length; i++)
        {
            if (list[i].ValueKind != JsonValueKind.Number || !list[i].TryGetInt64(out read[i]) || read[i] < 0) return false;
        }

        values = read;
        return true;
    }
}
