namespace QwenVl.Engines.Quantization;

/// <summary>
/// Symmetric quantisation by blocks. The number of largest magnitude falls exactly on the lowest level, which has no
/// counterpart on the other side: so the whole range of levels is used, and the scale may be negative.
/// </summary>
internal static class BlockQuantizer
{
    /// <param name="layout">The blocks.</param>
    /// <param name="row">A row of weights.</param>
    /// <param name="levels">Receives layout.Blocks x layout.BlockBytes bytes; of 4 bits the lower half comes first.</param>
    /// <param name="scales">Receives a scale a block.</param>
    public static void QuantizeRow(BlockLayout layout, ReadOnlySpan<float> row, Span<byte> levels, Span<float> scales)
    {
        int zero = layout.ZeroLevel;
        levels.Fill((byte)(layout.Bits == 4 ? zero | zero << 4 : zero));
        for (int block = 0; block * layout.BlockSize < row.Length; block++)
        {
            int start = block * layout.BlockSize;
            ReadOnlySpan<float> weights = row[start..Math.Min(start + layout.BlockSize, row.Length)];
            Span<byte> target = levels.Slice(block * layout.BlockBytes, layout.BlockBytes);
            float scale = Extreme(weights) / -zero;
            scales[block] = scale;
            float inverse = scale == 0 ? 0 : 1 / scale;
            for (int i = 0; i < weights.Length; i++)
            {
                int level = Math.Clamp((int)MathF.Round(weights[i] * inverse) + zero, 0, 2 * zero - 1);
                if (layout.Bits == 8) target[i] = (byte)level;
                else if ((i & 1) == 0) target[i >> 1] = (byte)(target[i >> 1] & 0xF0 | level);
                else target[i >> 1] = (byte)(target[i >> 1] & 0x0F | level << 4);
            }
        }
    }

    /// <summary>The numbers that a quantised row stands for.</summary>
    public static void Dequantize(BlockLayout layout, ReadOnlySpan<byte> levels, ReadOnlySpan<float> scales, Span<float> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int level = layout.Bits == 8 ? levels[i] : levels[i >> 1] >> (4 * (i & 1)) & 15;
            row[i] = (level - layout.ZeroLevel) * scales[i / layout.BlockSize];
        }
    }

    private static float Extreme(ReadOnlySpan<float> weights)
    {
        float extreme = 0;
        foreach (float weight in weights)
        {
            if (MathF.Abs(weight) > MathF.Abs(extreme)) extreme = weight;
        }

        return extreme;
    }
}
