using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Quantization;

/// <summary>How a row of weights is cut into blocks that share a scale.</summary>
/// <param name="Bits">Bits a weight: 4 or 8.</param>
/// <param name="BlockSize">Weights a block.</param>
internal readonly record struct BlockLayout(int Bits, int BlockSize)
{
    /// <summary>Bytes a block.</summary>
    public int BlockBytes => BlockSize * Bits / 8;

    /// <summary>The level that stands for zero, halfway: ONNX Runtime's default.</summary>
    public int ZeroLevel => 1 << (Bits - 1);

    public static BlockLayout Of(WeightFormat format) => format switch
    {
        WeightFormat.Int8 => new BlockLayout(8, 128),
        WeightFormat.Int4Block32 => new BlockLayout(4, 32),
        WeightFormat.Int4Block128 => new BlockLayout(4, 128),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a block format."),
    };

    /// <summary>Blocks a row; the last one may be filled up with zeros.</summary>
    public int Blocks(long columns) => (int)((columns + BlockSize - 1) / BlockSize);
}
