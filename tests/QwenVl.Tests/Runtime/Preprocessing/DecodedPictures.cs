using QwenVl.Model.Vision;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Preprocessing.Memory;

namespace QwenVl.Tests.Runtime.Preprocessing;

/// <summary>Pictures decoded as the server does it, in memory of their own and red first.</summary>
internal static class DecodedPictures
{
    public static RgbImage Decode(byte[] file, int reduction = 1) => Decode(file, ImageHeader.Read(file), reduction);

    public static RgbImage Decode(byte[] file, ImageHeader header, int reduction = 1)
    {
        using var pool = new BufferPool(0);
        using DecodedImage image = ImageDecoder.Decode(file, header, reduction, pool);
        return Copy(image);
    }

    public static RgbImage DecodeWithSkia(byte[] file, int reduction = 1)
    {
        using var pool = new BufferPool(0);
        using DecodedImage? image = SkiaImageDecoder.Decode(file, ImageHeader.Read(file), reduction, pool);
        return Copy(image!);
    }

    private static RgbImage Copy(DecodedImage image)
    {
        PixelView view = image.View;
        byte[] pixels = view.Pixels.ToArray();
        for (int i = 0; view.IsBgr && i < pixels.Length; i += PixelView.Channels) (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
        return new RgbImage(image.Width, image.Height, pixels);
    }
}
