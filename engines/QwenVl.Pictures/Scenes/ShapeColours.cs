using QwenVl.Pictures.Randomness;
using SkiaSharp;

namespace QwenVl.Pictures.Scenes;

/// <summary>What the named colours look like, and which backgrounds let them stand out.</summary>
internal static class ShapeColours
{
    private const double LeastDistance = 115;

    public static SKColor Sample(ShapeColour colour, PictureRandom random) => colour switch
    {
        ShapeColour.Red => Hsv(random, 355, 363, 0.82, 1, 0.78, 0.95),
        ShapeColour.Orange => Hsv(random, 24, 32, 0.88, 1, 0.93, 1),
        ShapeColour.Yellow => Hsv(random, 50, 57, 0.8, 1, 0.92, 1),
        ShapeColour.Green => Hsv(random, 112, 145, 0.65, 1, 0.5, 0.75),
        ShapeColour.Blue => Hsv(random, 212, 234, 0.75, 1, 0.7, 0.95),
        ShapeColour.Purple => Hsv(random, 272, 288, 0.65, 0.9, 0.5, 0.72),
        ShapeColour.Pink => Hsv(random, 325, 342, 0.32, 0.5, 0.96, 1),
        ShapeColour.Brown => Hsv(random, 20, 30, 0.65, 0.85, 0.35, 0.5),
        ShapeColour.Black => Hsv(random, 0, 360, 0, 0.1, 0.02, 0.1),
        ShapeColour.White => Hsv(random, 0, 360, 0, 0.02, 0.95, 1),
        _ => Hsv(random, 0, 360, 0, 0.03, 0.45, 0.58),
    };

    /// <summary>Any colour at all that is far from all of <paramref name="shapes"/>; null where none was found soon.</summary>
    public static SKColor? Background(IReadOnlyList<SKColor> shapes, PictureRandom random)
    {
        for (int attempt = 0; attempt < 60; attempt++)
        {
            SKColor colour = random.PickWeighted([0.4, 0.2, 0.2, 0.2]) switch
            {
                0 => Hsv(random, 0, 360, 0.03, 0.3, 0.8, 1),
                1 => Hsv(random, 0, 360, 0.1, 0.8, 0.1, 0.35),
                2 => Hsv(random, 0, 360, 0.2, 0.7, 0.45, 0.85),
                _ => Hsv(random, 0, 360, 0, 0.05, 0.08, 0.98),
            };
            if (shapes.All(shape => Distance(shape, colour) >= LeastDistance)) return colour;
        }

        return null;
    }

    public static SKColor Hsv(PictureRandom random, double hue0, double hue1, double saturation0, double saturation1, double value0, double value1) =>
        Hsv(random.Between(hue0, hue1), random.Between(saturation0, saturation1), random.Between(value0, value1));

    public static double Distance(SKColor one, SKColor other)
    {
        int red = one.Red - other.Red, green = one.Green - other.Green, blue = one.Blue - other.Blue;
        return Math.Sqrt(red * red + green * green + blue * blue);
    }

    /// <param name="hue">Degrees.</param>
    /// <param name="saturation">0 to 1.</param>
    /// <param name="value">0 to 1.</param>
    public static SKColor Hsv(double hue, double saturation, double value)
    {
        return new SKColor(Channel(5), Channel(3), Channel(1));

        byte Channel(int offset)
        {
            double k = (offset + hue / 60) % 6;
            return (byte)Math.Round(255 * (value - value * saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1)));
        }
    }
}
