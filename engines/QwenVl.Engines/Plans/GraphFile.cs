using System.Globalization;
using Google.Protobuf;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Onnx;

namespace QwenVl.Engines.Plans;

/// <summary>An emitted graph as TensorRT is given it: its bytes, what it declares, and where its weights lie.</summary>
internal sealed class GraphFile
{
    private GraphFile(string path, byte[] bytes, ModelProto model)
    {
        (Name, Bytes) = (Path.GetFileName(path), bytes);
        Signature = GraphSignature.Of(model.Graph);
        External = [.. model.Graph.Initializer.Where(tensor => tensor.DataLocation is TensorProto.Types.DataLocation.External).Select(tensor => (tensor.Name, Data(tensor)))];
    }

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    public GraphSignature Signature { get; }

    /// <summary>The initializers that are outside the file, by name.</summary>
    public IReadOnlyList<(string Tensor, ExternalData Data)> External { get; }

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="PlanBuildException">It is no graph.</exception>
    public static GraphFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            return new GraphFile(path, bytes, ModelProto.Parser.ParseFrom(bytes));
        }
        catch (Exception problem) when (problem is InvalidProtocolBufferException or FormatException or KeyNotFoundException)
        {
            throw PlanBuildException.Of(Path.GetFileName(path), problem);
        }
    }

    private static ExternalData Data(TensorProto tensor)
    {
        Dictionary<string, string> entries = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        return new ExternalData(entries["location"], Number("offset"), Number("length"));

        long Number(string key) => long.Parse(entries[key], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
