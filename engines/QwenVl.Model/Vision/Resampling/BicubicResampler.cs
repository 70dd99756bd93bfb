namespace QwenVl.Model.Vision.Resampling;

/// <summary>Antialiased bicubic resizing of 8-bit RGB: the same bytes on every processor.</summary>
public static class BicubicResampler
{
    /// <summary>Resizes a picture; returns <paramref name="source"/> itself where the size is already right.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is under 1.</exception>
    public static RgbImage Resize(RgbImage source, int width, int height) => Resize(source, width, height, VectorWidths.Best);

    internal static RgbImage Resize(RgbImage source, int width, int height, VectorWidth vectors)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (width == source.Width && height == source.Height) return source;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(width * height * PixelView.Channels);
        ResampledRows.Write(source.View, width, height, new RgbSink(width, isBgr: false, pixels), vectors);
        return new RgbImage(width, height, pixels);
    }
}
