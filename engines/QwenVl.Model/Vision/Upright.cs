namespace QwenVl.Model.Vision;

/// <summary>Turns a picture as its EXIF orientation says, the same on both ends.</summary>
public static class Upright
{
    private const int Channels = PixelView.Channels;

    // Pixels a side of a square that is turned at a time: its rows stay in the nearest cache while it is read across them.
    private const int Tile = 16;

    /// <summary>Returns the picture itself where it is upright already.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="orientation">The EXIF tag's value, 1 to 8; any other stands for 1.</param>
    public static RgbImage Turn(RgbImage image, int orientation)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!IsTurned(orientation)) return image;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(image.Width * image.Height * Channels);
        (int width, int height) = IsTransposed(orientation) ? (image.Height, image.Width) : (image.Width, image.Height);
        Turn(image.View, orientation, pixels);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Turns a picture into other memory.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="orientation">The EXIF tag's value, 2 to 8.</param>
    /// <param name="pixels">Receives the picture upright; at least as long as <paramref name="image"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> is too short.</exception>
    public static void Turn(PixelView image, int orientation, Span<byte> pixels)
    {
        if (pixels.Length < image.Pixels.Length) throw new ArgumentException($"{pixels.Length} bytes where {image.Pixels.Length} were expected.", nameof(pixels));
        (int width, int height) = IsTransposed(orientation) ? (image.Height, image.Width) : (image.Width, image.Height);
        for (int top = 0; top < height; top += Tile)
            for (int left = 0; left < width; left += Tile)
                for (int y = top; y < Math.Min(top + Tile, height); y++)
                    TurnLine(image, orientation, pixels, width, height, left, y);
    }

    /// <summary>Whether an orientation exchanges width and height.</summary>
    public static bool IsTransposed(int orientation) => orientation is >= 5 and <= 8;

    /// <summary>Whether a picture of an orientation is stored otherwise than it is looked at.</summary>
    public static bool IsTurned(int orientation) => orientation is >= 2 and <= 8;

    /// <summary>Whether, after the transposition or none, columns are mirrored.</summary>
    public static bool IsMirroredAcross(int orientation) => orientation is 2 or 3 or 6 or 7;

    /// <summary>Whether, after the transposition or none, rows are mirrored.</summary>
    public static bool IsMirroredDown(int orientation) => orientation is 3 or 4 or 7 or 8;

    private static void TurnLine(PixelView image, int orientation, Span<byte> pixels, int width, int height, int left, int y)
    {
        int row = IsMirroredDown(orientation) ? height - 1 - y : y;
        for (int x = left; x < Math.Min(left + Tile, width); x++)
        {
            int column = IsMirroredAcross(orientation) ? width - 1 - x : x;
            (int fromX, int fromY) = IsTransposed(orientation) ? (row, column) : (column, row);
            image.Pixels.Slice((fromY * image.Width + fromX) * Channels, Channels).CopyTo(pixels.Slice((y * width + x) * Channels, Channels));
        }
    }
}
