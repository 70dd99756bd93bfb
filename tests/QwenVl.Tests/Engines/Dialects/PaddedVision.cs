using Microsoft.ML.OnnxRuntime;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Engines.Dialects;

/// <summary>A vision tower of a TensorRT dialect, fed pictures of different sizes in one padded batch.</summary>
internal static class PaddedVision
{
    public static ImageFeatures[] Encode(EngineDirectory engine, IReadOnlyList<ImagePatches> images)
    {
        using var runner = new GraphRunner(engine.VisionModelPath, engine.VisionWeightsFolder);
        int batch = images.Count, n = images.Max(image => image.Grid.Patches), head = engine.Config.Vision.HeadDim;
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

        GraphRunner.RunOutputs outputs = runner.Run(
        [
            ("patches", OrtValue.CreateTensorValueFromMemory(patches, [batch, n, ImageGrid.PatchLength])),
            ("pos_index", OrtValue.CreateTensorValueFromMemory(index, [batch, n, 4])),
            ("pos_weight", OrtValue.CreateTensorValueFromMemory(weight, [batch, n, 4])),
            ("rope_cos", OrtValue.CreateTensorValueFromMemory(cos, [batch, n, head])),
            ("rope_sin", OrtValue.CreateTensorValueFromMemory(sin, [batch, n, head])),
            ("key_mask", OrtValue.CreateTensorValueFromMemory(mask, [batch, 1, 1, n])),
        ]);

        int width = engine.Config.Vision.OutHiddenSize, taps = engine.Config.Vision.TapIndexes.Count, plane = batch * (n / 4) * width;
        float[] features = outputs.Floats("features"), tapped = taps > 0 ? outputs.Floats("taps") : [];
        return [.. images.Select((image, i) =>
        {
            int length = image.Grid.Tokens * width, start = i * (n / 4) * width;
            IEnumerable<float> values = features.AsSpan(start, length).ToArray();
            for (int tap = 0; tap < taps; tap++) values = values.Concat(tapped.AsSpan(tap * plane + start, length).ToArray());
            return new ImageFeatures(image.Grid, width, taps, [.. values]);
        })];
    }
}
