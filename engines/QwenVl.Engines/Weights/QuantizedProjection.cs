using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Quantization;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Engines.Weights;

/// <summary>ONNX Runtime's product with weights of few bits, quantised while the graph is emitted.</summary>
internal sealed class QuantizedProjection(Checkpoint checkpoint, PackedWeights file, BlockLayout layout) : IProjection
{
    private const long NumbersAtOnce = 8 << 20;

    // Activations of 8 bits by block: three times the speed of float32 activations, hardly another result.
    private const long AccuracyOfInt8Activations = 4;

    private readonly Dictionary<string, (Value Levels, Value Scales)> _written = new(StringComparer.Ordinal);

    public Value Apply(Dialect dialect, Value value, string weight, string? bias)
    {
        TensorEntry tensor = checkpoint.Get(weight);
        if (!_written.TryGetValue(weight, out (Value Levels, Value Scales) quantised)) _written.Add(weight, quantised = Write(dialect.Graph, tensor));
        Value[] inputs = bias is null
            ? [value, quantised.Levels, quantised.Scales]
            : [value, quantised.Levels, quantised.Scales, Value.None, Value.None, dialect.Weights.Vector(bias)];
        return dialect.Graph.ContribNode(
            "MatMulNBits",
            inputs,
            ("N", tensor.Shape[0]),
            ("K", tensor.Shape[1]),
            ("bits", (long)layout.Bits),
            ("block_size", (long)layout.BlockSize),
            ("accuracy_level", AccuracyOfInt8Activations));
    }

    private (Value Levels, Value Scales) Write(GraphBuilder graph, TensorEntry tensor)
    {
        long rows = tensor.Shape[0];
        int columns = (int)tensor.Shape[1], blocks = layout.Blocks(columns);
        int rowsAtOnce = (int)Math.Clamp(NumbersAtOnce / columns, 1, rows);
        var numbers = new float[(long)rowsAtOnce * columns];
        var levels = new byte[(long)rowsAtOnce * blocks * layout.BlockBytes];
        var scales = new float[rows * blocks];

        long start = file.Align();
        for (long first = 0; first < rows; first += rowsAtOnce)
        {
            int count = (int)Math.Min(rowsAtOnce, rows - first);
            checkpoint.ReadFloats(tensor, first * columns, numbers.AsSpan(0, count * columns));
            Parallel.For(0, count, row => BlockQuantizer.QuantizeRow(
                layout,
                numbers.AsSpan(row * columns, columns),
                levels.AsSpan(row * blocks * layout.BlockBytes, blocks * layout.BlockBytes),
                scales.AsSpan((int)(first + row) * blocks, blocks)));
            file.Write(levels.AsSpan(0, count * blocks * layout.BlockBytes));
            file.Report((long)count * columns * tensor.Type.Size());
        }

        ExternalData levelData = file.Since(start);
        start = file.Align();
        file.Write(scales);
        Value levelValue = graph.External(tensor.Name + " levels", (int)ElementType.UInt8, [rows, blocks, layout.BlockBytes], levelData);
        return (levelValue, graph.External(tensor.Name + " scales", (int)ElementType.Float32, [rows, blocks], file.Since(start)));
    }
}
