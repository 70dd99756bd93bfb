namespace QwenVl.Model.Vision;

/// <summary>Decoded pixels where they lie: upright, three bytes a pixel, row by row without padding. Valid as long as their memory is.</summary>
public readonly ref struct PixelView
{
    /// <summary>Bytes a pixel.</summary>
    public const int Channels = 3;

    /// <param name="width">Pixels from left to right, at least 1.</param>
    /// <param name="height">Pixels from top to bottom, at least 1.</param>
    /// <param name="pixels">The picture's bytes; may be longer than the picture.</param>
    /// <param name="isBgr">Whether blue comes first, as OpenCV decodes.</param>
    /// <exception cref="ArgumentException">A side is under 1 or <paramref name="pixels"/> is too short.</exception>
    public PixelView(int width, int height, ReadOnlySpan<byte> pixels, bool isBgr = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long length = (long)width * height * Channels;
        if (pixels.Length < length) throw new ArgumentException($"{pixels.Length} bytes where {width} x {height} x {Channels} were expected.", nameof(pixels));
        (Width, Height, IsBgr) = (width, height, isBgr);
        Pixels = pixels[..(int)length];
    }

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>Exactly Width x Height x 3 bytes.</summary>
    public ReadOnlySpan<byte> Pixels { get; }

    /// <summary>Whether blue comes first.</summary>
    public bool IsBgr { get; }

    /// <summary>One row's bytes.</summary>
    public ReadOnlySpan<byte> Row(int y) => Pixels.Slice(y * Width * Channels, Width * Channels);
}
