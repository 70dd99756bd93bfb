namespace QwenVl.Pictures.Degrading;

/// <summary>Contrast, brightness and noise, in one pass over the pixels.</summary>
internal static class PixelNoise
{
    // Eight more bits than the table's steps.
    private const int Bits = NoiseTable.StepBits + 8;
    private const int Mask = NoiseTable.Size - 1;

    public static void Apply(Span<byte> rgba, int width, Degradation degradation)
    {
        Span<short> levels = stackalloc short[256];
        for (int i = 0; i < 256; i++)
            levels[i] = (short)Math.Clamp(Math.Round((i - 127.5) * degradation.Contrast + 127.5 + degradation.Brightness), 0, 255);
        int strength = (int)Math.Round(degradation.Noise * 256), at = degradation.NoiseStart, channelStep = degradation.GrayNoise ? 0 : 1;
        sbyte[] noise = NoiseTable.Values;
        for (int start = 0; start < rgba.Length; start += width * 4)
        {
            Span<byte> row = rgba.Slice(start, width * 4);
            if (strength == 0)
            {
                for (int i = 0; i < row.Length; i += 4)
                    (row[i], row[i + 1], row[i + 2]) = ((byte)levels[row[i]], (byte)levels[row[i + 1]], (byte)levels[row[i + 2]]);
                continue;
            }

            for (int i = 0; i < row.Length; i += 4)
            {
                row[i] = Clamp(levels[row[i]] + ((noise[at & Mask] * strength) >> Bits));
                row[i + 1] = Clamp(levels[row[i + 1]] + ((noise[(at += channelStep) & Mask] * strength) >> Bits));
                row[i + 2] = Clamp(levels[row[i + 2]] + ((noise[(at += channelStep) & Mask] * strength) >> Bits));
                at++;
            }

            // Each row reads from elsewhere, or the table's length would show as a pattern.
            at = at * 31 + 17;
        }
    }

    private static byte Clamp(int level) => (byte)Math.Clamp(level, 0, 255);
}
