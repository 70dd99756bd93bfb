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
        byte[] rgb = GC.AllocateUninitializedArray<byte>(width * height * PixelView.Channels);
        LayOverWhite(rgba, rgb);
        return new RgbImage(width, height, rgb);
    }

    /// <summary>Lays pixels with transparency over white.</summary>
    /// <param name="pixels">Interleaved, alpha last, not premultiplied.</param>
    /// <param name="opaque">Receives three bytes a pixel, in the same order; may be the same memory as <paramref name="pixels"/>, from its start.</param>
    public static void LayOverWhite(ReadOnlySpan<byte> pixels, Span<byte> opaque)
    {
        const int Channels = PixelView.Channels, Stored = Channels + 1;
        for (int from = 0, to = 0; from < pixels.Length; from += Stored, to += Channels)
        {
            int alpha = pixels[from + Channels];
            for (int channel = 0; channel < Channels; channel++)
                opaque[to + channel] = alpha == 255 ? pixels[from + channel] : (byte)((pixels[from + channel] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>Interleaved RGB, row by row; only the first Width x Height x 3 bytes belong to the picture.</summary>
    public byte[] Pixels { get; }

    /// <summary>The picture where it lies.</summary>
    public PixelView View => new(Width, Height, Pixels);
}
