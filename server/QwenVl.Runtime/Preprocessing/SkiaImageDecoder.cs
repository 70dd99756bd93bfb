using QwenVl.Model.Vision;
using SkiaSharp;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Decodes with Skia, which needs nothing of the system. Safe for concurrent use.</summary>
internal static class SkiaImageDecoder
{
    /// <summary>Decodes a picture; grey, CMYK and 16-bit pictures become 8-bit RGB, EXIF orientation is applied, alpha is laid over white.</summary>
    /// <exception cref="Errors.RequestException">Skia cannot read it.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, ImageHeader header)
    {
        using SKData data = SKData.CreateCopy(file);
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null) throw OpenCvImageDecoder.Damaged(header);
        // No colour space: values are taken as they are written, as the reference preprocessing does.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        SKCodecResult result = codec.GetPixels(info, out byte[] rgba);
        return result switch
        {
            SKCodecResult.Success => Upright(rgba, info.Width, info.Height, codec.EncodedOrigin),
            SKCodecResult.IncompleteInput => throw ImageHeader.Truncated("its pixels end early"),
            _ => throw OpenCvImageDecoder.Damaged(header),
        };
    }

    private static RgbImage Upright(byte[] rgba, int width, int height, SKEncodedOrigin origin)
    {
        bool turned = origin >= SKEncodedOrigin.LeftTop;
        (int outWidth, int outHeight) = turned ? (height, width) : (width, height);
        var rgb = new byte[outWidth * outHeight * 3];
        for (int y = 0, from = 0; y < height; y++)
            for (int x = 0; x < width; x++, from += 4)
            {
                (int column, int row) = Place(x, y, width, height, origin);
                int alpha = rgba[from + 3], to = (row * outWidth + column) * 3;
                for (int channel = 0; channel < 3; channel++)
                    rgb[to + channel] = alpha == 255 ? rgba[from + channel] : (byte)((rgba[from + channel] * alpha + 255 * (255 - alpha) + 127) / 255);
            }

        return new RgbImage(outWidth, outHeight, rgb);
    }

    private static (int Column, int Row) Place(int x, int y, int width, int height, SKEncodedOrigin origin) => origin switch
    {
        SKEncodedOrigin.TopRight => (width - 1 - x, y),
        SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
        SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
        SKEncodedOrigin.LeftTop => (y, x),
        SKEncodedOrigin.RightTop => (height - 1 - y, x),
        SKEncodedOrigin.RightBottom => (height - 1 - y, width - 1 - x),
        SKEncodedOrigin.LeftBottom => (y, width - 1 - x),
        _ => (x, y),
    };
}
