using QwenVl.Model.Vision;
using QwenVl.Runtime.Preprocessing.Memory;
using SkiaSharp;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Decodes with Skia, which needs nothing of the system. Safe for concurrent use.</summary>
internal static class SkiaImageDecoder
{
    private const int StoredChannels = PixelView.Channels + 1;

    /// <summary>Decodes a picture and turns it upright; grey, CMYK and 16-bit pictures become 8-bit RGB, alpha is laid over white.</summary>
    /// <param name="file">The encoded picture.</param>
    /// <param name="header">What it says of itself.</param>
    /// <param name="reduction">The divisor of both sides: 1, or 2, 4 or 8 where the format is JPEG.</param>
    /// <param name="pool">Where the pixels' memory is rented.</param>
    /// <returns>The picture, which the caller disposes; null where Skia cannot read it or sees another size than the header tells.</returns>
    public static DecodedImage? Decode(ReadOnlySpan<byte> file, ImageHeader header, int reduction, BufferPool pool)
    {
        using SKData data = SKData.CreateCopy(file);
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null || codec.Info.Width != header.Width || codec.Info.Height != header.Height) return null;
        SKSizeI size = reduction == 1 ? codec.Info.Size : codec.GetScaledDimensions(1f / reduction);
        // Asked before any memory is spent: a decoder that sees another picture would not fit the prompt.
        if (size.Width != header.ReducedWidth(reduction) || size.Height != header.ReducedHeight(reduction)) return null;
        PooledBuffer pixels = pool.Rent(checked(size.Width * size.Height * StoredChannels), reservation: null);
        try
        {
            // The file is whole, or its header would have been refused: pixels that end early are damage like any other.
            if (Read(codec, size, pixels) != SKCodecResult.Success) return null;
            RgbImage.LayOverWhite(pixels.GetSpan(), pixels.GetSpan());
            if (Upright.IsTurned(header.Orientation)) pixels = Turn(pixels, size, header.Orientation, pool);
            var image = new PooledImage(Upright.IsTransposed(header.Orientation) ? size.Height : size.Width, Upright.IsTransposed(header.Orientation) ? size.Width : size.Height, pixels);
            pixels = null!;
            return image;
        }
        finally
        {
            ((IDisposable?)pixels)?.Dispose();
        }
    }

    private static SKCodecResult Read(SKCodec codec, SKSizeI size, PooledBuffer pixels)
    {
        // No colour space: values are taken as they are written, as the reference preprocessing does.
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        using System.Buffers.MemoryHandle pinned = pixels.Pin();
        unsafe
        {
            return codec.GetPixels(info, (nint)pinned.Pointer);
        }
    }

    private static PooledBuffer Turn(PooledBuffer stored, SKSizeI size, int orientation, BufferPool pool)
    {
        PooledBuffer turned = pool.Rent(size.Width * size.Height * PixelView.Channels, reservation: null);
        Upright.Turn(new PixelView(size.Width, size.Height, stored.GetSpan()), orientation, turned.GetSpan());
        ((IDisposable)stored).Dispose();
        return turned;
    }
}
