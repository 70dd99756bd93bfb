using QwenVl.Model.Vision;
using SkiaSharp;

namespace QwenVl.Client.Images;

/// <summary>Turns a picture as its EXIF orientation says.</summary>
internal static class Upright
{
    /// <summary>Returns the picture itself where it is upright already.</summary>
    public static RgbImage Turn(RgbImage image, SKEncodedOrigin origin)
    {
        if (origin is SKEncodedOrigin.TopLeft or 0) return image;
        // The eight orientations are a transposition, or none, and then mirrored columns and rows.
        bool transposed = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        bool mirroredX = origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomRight or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom;
        bool mirroredY = origin is SKEncodedOrigin.BottomRight or SKEncodedOrigin.BottomLeft or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        (int width, int height) = transposed ? (image.Height, image.Width) : (image.Width, image.Height);
        var pixels = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                int column = mirroredX ? width - 1 - x : x, row = mirroredY ? height - 1 - y : y;
                (int fromX, int fromY) = transposed ? (row, column) : (column, row);
                image.Pixels.AsSpan((fromY * image.Width + fromX) * 3, 3).CopyTo(pixels.AsSpan((y * width + x) * 3, 3));
            }

        return new RgbImage(width, height, pixels);
    }
}
