using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using QwenVl.Engines.Onnx;

namespace QwenVl.Tests.Engines.Dialects;

/// <summary>Runs graphs of the TensorRT dialects on ONNX Runtime, by their contracts alone.</summary>
internal sealed class GraphRunner : IDisposable
{
    private readonly InferenceSession _session;

    public GraphRunner(string modelPath, string weightsFolder)
    {
        // Else it warns of every cache that it copies instead of writing it in place.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", weightsFolder);
        _session = new InferenceSession(WithoutHints(modelPath), options);
    }

    /// <summary>One call of the graph; disposes its inputs.</summary>
    public RunOutputs Run(IReadOnlyCollection<(string Name, OrtValue Value)> inputs)
    {
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)], _session.OutputNames);
        foreach ((_, OrtValue value) in inputs) value.Dispose();
        return new RunOutputs(_session.OutputNames.Zip(outputs).ToDictionary(output => output.First, output => output.Second.GetTensorMutableRawData().ToArray()));
    }

    public void Dispose() => _session.Dispose();

    // Attributes that TensorRT's parser knows beyond the standard; ONNX Runtime refuses what it does not know.
    private static byte[] WithoutHints(string modelPath)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(modelPath));
        foreach (NodeProto node in model.Graph.Node)
        {
            AttributeProto[] kept = [.. node.Attribute.Where(attribute => !attribute.Name.StartsWith("TRT_", StringComparison.Ordinal))];
            node.Attribute.Clear();
            node.Attribute.AddRange(kept);
        }

        return model.ToByteArray();
    }

    internal sealed class RunOutputs(Dictionary<string, byte[]> values)
    {
        public bool Has(string name) => values.ContainsKey(name);

        public ReadOnlySpan<byte> Bytes(string name) => values[name];

        public float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(values[name]).ToArray();

        public long[] Longs(string name) => MemoryMarshal.Cast<byte, long>(values[name]).ToArray();
    }
}
