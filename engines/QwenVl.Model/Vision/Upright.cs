namespace QwenVl.Model.Vision;

/// <summary>Turns a picture as its EXIF orientation says, the same on both ends.</summary>
public static class Upright
{
    /// <summary>Returns the picture itself where it is upright already.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="orientation">The EXIF tag's value, 1 to 8; any other stands for 1.</param>
    public static RgbImage Turn(RgbImage image, int orientation)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (orientation is < 2 or > 8) return image;
        // The eight orientations are a transposition, or none, and then mirrored columns and rows.
        bool transposed = IsTransposed(orientation), mirroredX = orientation is 2 or 3 or 6 or 7, mirroredY = orientation is 3 or 4 or 7 or 8;
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

    /// <summary>Whether an orientation exchanges width and height.</summary>
    public static bool IsTransposed(int orientation) => orientation is >= 5 and <= 8;
}
