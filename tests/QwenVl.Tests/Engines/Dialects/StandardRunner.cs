using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Engines.Dialects;

/// <summary>Runs graphs of the standard dialect on ONNX Runtime, by their contracts alone.</summary>
internal sealed class StandardRunner : IDisposable
{
    private readonly InferenceSession _session;

    public StandardRunner(string modelPath, string weightsFolder)
    {
        using var options = new SessionOptions();
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", weightsFolder);
        _session = new InferenceSession(File.ReadAllBytes(modelPath), options);
    }

    /// <summary>Encodes pictures of different sizes in one padded batch.</summary>
    public static ImageFeatures[] Encode(EngineDirectory engine, ImagePatches[] images)
    {
        using var runner = new StandardRunner(engine.VisionModelPath, engine.VisionWeightsFolder);
        int batch = images.Length, n = images.Max(image => image.Grid.Patches), head = engine.Config.Vision.HeadDim;
        byte[] patches = new byte[batch * n * ImageGrid.PatchLength];
        var (index, weight) = (new int[batch * n * 4], new float[batch * n * 4]);
        var (cos, sin, mask) = (new float[batch * n * head], new float[batch * n * head], new float[batch * n]);
        Array.Fill(mask, -1e9f);
        Random.Shared.NextBytes(patches);
        for (int i = 0; i < batch; i++)
        {
            VisionTables tables = VisionTables.Create(engine.Config.Vision, images[i].Grid);
            images[i].Values.CopyTo(patches.AsMemory(i * n * ImageGrid.PatchLength));
            tables.PositionIndexes.CopyTo(index, i * n * 4);
            tables.PositionWeights.CopyTo(weight, i * n * 4);
            tables.RopeCos.CopyTo(cos, i * n * head);
            tables.RopeSin.CopyTo(sin, i * n * head);
            mask.AsSpan(i * n, images[i].Grid.Patches).Clear();
        }

        Dictionary<string, float[]> outputs = runner.Run(
            ("patches", OrtValue.CreateTensorValueFromMemory(patches, [batch, n, ImageGrid.PatchLength])),
            ("pos_index", OrtValue.CreateTensorValueFromMemory(index, [batch, n, 4])),
            ("pos_weight", OrtValue.CreateTensorValueFromMemory(weight, [batch, n, 4])),
            ("rope_cos", OrtValue.CreateTensorValueFromMemory(cos, [batch, n, head])),
            ("rope_sin", OrtValue.CreateTensorValueFromMemory(sin, [batch, n, head])),
            ("key_mask", OrtValue.CreateTensorValueFromMemory(mask, [batch, 1, 1, n])));

        int width = engine.Config.Vision.OutHiddenSize, taps = engine.Config.Vision.TapIndexes.Count, plane = batch * (n / 4) * width;
        return [.. images.Select((image, i) =>
        {
            int length = image.Grid.Tokens * width, start = i * (n / 4) * width;
            IEnumerable<float> values = outputs["features"].Skip(start).Take(length);
            for (int tap = 0; tap < taps; tap++) values = values.Concat(outputs["taps"].Skip(tap * plane + start).Take(length));
            return new ImageFeatures(image.Grid, width, taps, [.. values]);
        })];
    }

    /// <summary>One call of a graph; disposes its inputs.</summary>
    public Dictionary<string, float[]> Run(params (string Name, OrtValue Value)[] inputs)
    {
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)], _session.OutputNames);
        foreach ((_, OrtValue value) in inputs) value.Dispose();
        return _session.OutputNames.Zip(outputs).ToDictionary(output => output.First, output => MemoryMarshal.Cast<byte, float>(output.Second.GetTensorMutableRawData()).ToArray());
    }

    public void Dispose() => _session.Dispose();
}
