using System.Globalization;
using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Quantization;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Engines.Weights;

/// <summary>ONNX Runtime's product with weights of few bits, quantised while the graph is emitted.</summary>
/// <param name="checkpoint">Where weights come from.</param>
/// <param name="file">Where they go.</param>
/// <param name="layout">How they are quantised.</param>
/// <param name="sharesTables">Whether a table whose rows are looked up is read from the same bytes as the product with it.</param>
internal sealed class QuantizedProjection(Checkpoint checkpoint, PackedWeights file, BlockLayout layout, bool sharesTables) : IProjection
{
    private const long NumbersAtOnce = 8 << 20;

    // The runtime packs a product's weights whole while loading, beside those that are packed: a head in parts lowers the peak.
    private const long MostNumbersAProduct = 96 << 20;

    // Activations of 8 bits by block: three times the speed of float32 activations, hardly another result.
    private const long AccuracyOfInt8Activations = 4;

    private readonly Dictionary<string, QuantizedMatrix> _written = new(StringComparer.Ordinal);

    public Value Apply(Dialect dialect, Value value, string weight, string? bias)
    {
        QuantizedMatrix matrix = Matrix(weight);
        int parts = (int)((matrix.Rows * matrix.Columns + MostNumbersAProduct - 1) / MostNumbersAProduct);
        if (parts == 1) return Product(dialect, value, matrix, weight, bias);
        var products = new Value[parts];
        for (int part = 0; part < parts; part++)
        {
            long first = matrix.Rows * part / parts, end = matrix.Rows * (part + 1) / parts;
            products[part] = Product(dialect, value, matrix.Slice(first, end - first), string.Create(CultureInfo.InvariantCulture, $"{weight} part {part}"), null);
        }

        Value whole = dialect.Graph.Concat(-1, products);
        return bias is null ? whole : dialect.Graph.Add(whole, dialect.Weights.Vector(bias));
    }

    public Value[] ApplyTogether(Dialect dialect, Value value, IReadOnlyList<string> weights)
    {
        long[] lengths = [.. weights.Select(weight => checkpoint.Get(weight).Shape[0])];
        Value product = Product(dialect, value, Write([.. weights.Select(checkpoint.Get)]), string.Join(" and ", weights), null);
        return dialect.Graph.Split(product, lengths);
    }

    public Value Rows(Dialect dialect, string table, Value indexes)
    {
        TensorEntry tensor = checkpoint.Get(table);
        if (!sharesTables || tensor.Shape[1] % layout.BlockSize != 0) return dialect.Weights.Rows(table, indexes, dialect.Compute);

        QuantizedMatrix matrix = Matrix(table);
        Value levels = dialect.Graph.External(table + " row levels", (int)ElementType.UInt8, [matrix.Rows, matrix.Columns * layout.Bits / 8], matrix.Levels);
        Value scales = dialect.Graph.External(table + " row scales", (int)ElementType.Float32, [matrix.Rows, layout.Blocks(matrix.Columns)], matrix.Scales);
        return dialect.Graph.ContribNode(
            "GatherBlockQuantized",
            [levels, indexes, scales],
            ("gather_axis", 0L),
            ("quantize_axis", 1L),
            ("bits", (long)layout.Bits),
            ("block_size", (long)layout.BlockSize));
    }

    private Value Product(Dialect dialect, Value value, QuantizedMatrix matrix, string name, string? bias)
    {
        int blocks = layout.Blocks(matrix.Columns);
        Value levels = dialect.Graph.External(name + " levels", (int)ElementType.UInt8, [matrix.Rows, blocks, layout.BlockBytes], matrix.Levels);
        Value scales = dialect.Graph.External(name + " scales", (int)ElementType.Float32, [matrix.Rows, blocks], matrix.Scales);
        Value[] inputs = bias is null ? [value, levels, scales] : [value, levels, scales, Value.None, Value.None, dialect.Weights.Vector(bias)];
        return dialect.Graph.ContribNode(
            "MatMulNBits",
            inputs,
            ("N", matrix.Rows),
            ("K", matrix.Columns),
            ("bits", (long)layout.Bits),
            ("block_size", (long)layout.BlockSize),
            ("accuracy_level", AccuracyOfInt8Activations));
    }

    private QuantizedMatrix Matrix(string weight)
    {
        if (!_written.TryGetValue(weight, out QuantizedMatrix? matrix)) _written.Add(weight, matrix = Write([checkpoint.Get(weight)]));
        return matrix;
    }

    /// <summary>Writes tensors of one width below each other: levels of all rows, then scales of all rows.</summary>
    private QuantizedMatrix Write(TensorEntry[] tensors)
    {
        long rows = tensors.Sum(tensor => tensor.Shape[0]), written = 0;
        int columns = (int)tensors[0].Shape[1], blocks = layout.Blocks(columns);
        int rowsAtOnce = (int)Math.Clamp(NumbersAtOnce / columns, 1, rows);
        var numbers = new float[(long)rowsAtOnce * columns];
        var levels = new byte[(long)rowsAtOnce * blocks * layout.BlockBytes];
        var scales = new float[rows * blocks];

        long start = file.Align();
        foreach (TensorEntry tensor in tensors)
        {
            for (long first = 0; first < tensor.Shape[0]; first += rowsAtOnce)
            {
                int count = (int)Math.Min(rowsAtOnce, tensor.Shape[0] - first);
                checkpoint.ReadFloats(tensor, first * columns, numbers.AsSpan(0, count * columns));
                long at = written;
                Parallel.For(0, count, row => BlockQuantizer.QuantizeRow(
                    layout,
                    numbers.AsSpan(row * columns, columns),
                    levels.AsSpan(row * blocks * layout.BlockBytes, blocks * layout.BlockBytes),
                    scales.AsSpan((int)(at + row) * blocks, blocks)));
                file.Write(levels.AsSpan(0, count * blocks * layout.BlockBytes));
                file.Report((long)count * columns * tensor.Type.Size());
                written += count;
            }
        }

        ExternalData levelData = file.Since(start);
        start = file.Align();
        file.Write(scales);
        return new QuantizedMatrix(rows, columns, levelData, file.Since(start));
    }
}
