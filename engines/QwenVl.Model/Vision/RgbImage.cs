namespace QwenVl.Model.Vision;

/// <summary>A decoded picture, upright, without alpha.</summary>
public sealed class RgbImage
{
    /// <param name="width">Pixels from left to right, at least 1.</param>
    /// <param name="height">Pixels from top to bottom, at least 1.</param>
    /// <param name="pixels">Interleaved RGB, row by row without padding; kept, not copied. May be longer than the picture.</param>
    /// <exception cref="ArgumentException">A side is under 1 or <paramref name="pixels"/> is too short.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length < (long)width * height * 3)
            throw new ArgumentException($"{pixels.Length} bytes where {width} x {height} x 3 were expected.", nameof(pixels));
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Lays pixels with transparency over white, as the reference preprocessing does.</summary>
    /// <param name="width">Pixels from left to right, at least 1.</param>
    /// <param name="height">Pixels from top to bottom, at least 1.</param>
    /// <param name="rgba">Interleaved RGBA, not premultiplied, row by row without padding.</param>
    public static RgbImage OverWhite(int width, int height, ReadOnlySpan<byte> rgba)
    {
        var rgb = new byte[width * height * 3];
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            int alpha = rgba[from + 3];
            for (int channel = 0; channel < 3; channel++)
                rgb[to + channel] = alpha == 255 ? rgba[from + channel] : (byte)((rgba[from + channel] * alpha + 255 * (255 - alpha) + 127) / 255);
        }

        return new RgbImage(width, height, rgb);
    }

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>Interleaved RGB, row by row; only the first Width x Height x 3 bytes belong to the picture.</summary>
    public byte[] Pixels { get; }
}
