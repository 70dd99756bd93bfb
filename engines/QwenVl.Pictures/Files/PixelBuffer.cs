using QwenVl.Model.Vision;

namespace QwenVl.Pictures.Files;

/// <summary>RGBA pixels, row by row without padding.</summary>
internal sealed record PixelBuffer(int Width, int Height, byte[] Rgba)
{
    public RgbImage ToRgb()
    {
        var rgb = new byte[Width * Height * 3];
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            rgb[to] = Rgba[from];
            rgb[to + 1] = Rgba[from + 1];
            rgb[to + 2] = Rgba[from + 2];
        }

        return new RgbImage(Width, Height, rgb);
    }
}
