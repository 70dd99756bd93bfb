using System.Runtime.InteropServices;
using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Engines.Weights;

/// <summary>
/// ONNX Runtime's product of bytes: weights of 8 bits with a scale for each output, activations rounded to 8 bits by the whole tensor
/// while it runs. The fastest that a CPU has for many rows at once, and so for pictures.
/// </summary>
/// <param name="checkpoint">Where weights come from.</param>
/// <param name="file">Where they go.</param>
internal sealed class DynamicProjection(Checkpoint checkpoint, PackedWeights file) : IProjection
{
    private const int LargestLevel = 127;

    public Value Apply(Dialect dialect, Value value, string weight, string? bias)
    {
        TensorEntry tensor = checkpoint.Get(weight);
        int rows = (int)tensor.Shape[0], columns = (int)tensor.Shape[1];
        var numbers = new float[rows * columns];
        checkpoint.ReadFloats(tensor, 0, numbers);
        var levels = new sbyte[columns * rows];
        var scales = new float[rows];
        Parallel.For(0, rows, row => Quantise(numbers.AsSpan(row * columns, columns), row, rows, levels, scales));

        long start = file.Align();
        file.Write(MemoryMarshal.AsBytes<sbyte>(levels));
        Value levelValue = dialect.Graph.External(weight + " levels", (int)ElementType.Int8, [columns, rows], file.Since(start));
        file.Report(tensor.Length);
        Value scaleValue = dialect.Graph.Floats(weight + " scales", scales, rows);
        Value[] inputs = bias is null ? [value, levelValue, scaleValue] : [value, levelValue, scaleValue, Value.None, dialect.Weights.Vector(bias)];
        return dialect.Graph.ContribNode("DynamicQuantizeMatMul", inputs);
    }

    /// <summary>One output's weights, which become a column.</summary>
    private static void Quantise(ReadOnlySpan<float> weights, int column, int width, sbyte[] levels, float[] scales)
    {
        float largest = 0;
        foreach (float weight in weights) largest = Math.Max(largest, Math.Abs(weight));
        float scale = largest / LargestLevel, inverse = scale == 0 ? 0 : 1 / scale;
        scales[column] = scale;
        for (int i = 0; i < weights.Length; i++) levels[i * width + column] = (sbyte)Math.Clamp((int)MathF.Round(weights[i] * inverse), -LargestLevel, LargestLevel);
    }
}
