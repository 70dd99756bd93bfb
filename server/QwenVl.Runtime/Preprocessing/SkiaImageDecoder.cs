using QwenVl.Model.Vision;
using SkiaSharp;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Decodes with Skia, which needs nothing of the system. Safe for concurrent use.</summary>
internal static class SkiaImageDecoder
{
    /// <summary>Decodes a picture as it is stored, not turned; grey, CMYK and 16-bit pictures become 8-bit RGB, alpha is laid over white.</summary>
    /// <returns>The picture, or null where Skia cannot read it.</returns>
    /// <exception cref="Errors.RequestException">The picture is cut off.</exception>
    public static RgbImage? Decode(ReadOnlySpan<byte> file)
    {
        using SKData data = SKData.CreateCopy(file);
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null) return null;
        // No colour space: values are taken as they are written, as the reference preprocessing does.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        return codec.GetPixels(info, out byte[] rgba) switch
        {
            SKCodecResult.Success => RgbImage.OverWhite(info.Width, info.Height, rgba),
            SKCodecResult.IncompleteInput => throw ImageHeader.Truncated("its pixels end early"),
            _ => null,
        };
    }
}
