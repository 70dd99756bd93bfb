using QwenVl.Client.Images;
using SkiaSharp;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>Pictures drawn for a test.</summary>
internal static class TestPictures
{
    public const int Width = 90;
    public const int Height = 70;

    public static ClientImage Image { get; } = ClientImage.FromBytes(Encode(Draw(), SKEncodedImageFormat.Png));

    public static SKBitmap Draw()
    {
        var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < Height; y++)
            for (int x = 0; x < Width; x++) bitmap.SetPixel(x, y, new SKColor((byte)(x * 2), (byte)(y * 3), (byte)(x ^ y)));
        return bitmap;
    }

    public static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format)
    {
        using SKData data = bitmap.Encode(format, 95);
        return data.ToArray();
    }
}
