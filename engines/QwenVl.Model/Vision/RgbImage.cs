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

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>Interleaved RGB, row by row; only the first Width x Height x 3 bytes belong to the picture.</summary>
    public byte[] Pixels { get; }
}
