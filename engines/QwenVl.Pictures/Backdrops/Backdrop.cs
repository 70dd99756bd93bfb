using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Scenes;
using SkiaSharp;

namespace QwenVl.Pictures.Backdrops;

/// <summary>What lies behind signs and shapes.</summary>
internal static class Backdrop
{
    /// <summary>A colour that varies a little: plain, a gradient, stripes or blotches, never far from <paramref name="colour"/>.</summary>
    public static void Calm(PictureDrawing drawing, SKColor colour, PictureRandom random)
    {
        switch (random.PickWeighted([0.35, 0.25, 0.15, 0.25]))
        {
            case 0:
                Fill(drawing, colour);
                break;
            case 1:
                Blend(drawing, Near(colour, 22, random), Near(colour, 22, random), random);
                break;
            case 2:
                Fill(drawing, colour);
                Stripes(drawing, Near(colour, 16, random), random);
                break;
            default:
                Fill(drawing, colour);
                Blotches(drawing, 6 + random.Below(14), 0.25, () => Near(colour, 20, random), random);
                break;
        }
    }

    /// <summary>Anything, as behind a sign in a street.</summary>
    public static void Busy(PictureDrawing drawing, PictureRandom random)
    {
        SKColor colour = Any(random);
        switch (random.PickWeighted([0.3, 0.3, 0.2, 0.2]))
        {
            case 0:
                Calm(drawing, colour, random);
                break;
            case 1:
                Blend(drawing, colour, Any(random), random);
                break;
            case 2:
                Bricks(drawing, colour, random);
                break;
            default:
                Blend(drawing, colour, Near(colour, 60, random), random);
                Blotches(drawing, 4 + random.Below(12), 0.4, () => Near(colour, 80, random), random);
                break;
        }
    }

    private static SKColor Any(PictureRandom random) => ShapeColours.Hsv(random, 0, 360, 0, 0.7, 0.1, 1);

    private static SKColor Near(SKColor colour, int distance, PictureRandom random)
    {
        int shift = (int)random.Between(-distance, distance);
        return new SKColor(Channel(colour.Red), Channel(colour.Green), Channel(colour.Blue));

        byte Channel(byte value) => (byte)Math.Clamp(value + shift + (int)random.Between(-distance / 4.0, distance / 4.0), 0, 255);
    }

    private static void Fill(PictureDrawing drawing, SKColor colour) => drawing.Ground = new Gradient(colour, colour, 0);

    private static void Blend(PictureDrawing drawing, SKColor from, SKColor to, PictureRandom random) =>
        drawing.Ground = new Gradient(from, to, random.Between(0, 2 * Math.PI));

    private static void Stripes(PictureDrawing drawing, SKColor colour, PictureRandom random)
    {
        PictureFrame frame = drawing.Frame;
        bool upright = random.Chance(0.5);
        double side = upright ? frame.Width : frame.Height, period = side / random.Between(5, 18);
        for (double at = 0; at < side; at += period)
        {
            drawing.Paint(upright
                ? Outline.Rectangle(at, 0, period / 2, frame.Height)
                : Outline.Rectangle(0, at, frame.Width, period / 2), colour);
        }
    }

    private static void Bricks(PictureDrawing drawing, SKColor colour, PictureRandom random)
    {
        PictureFrame frame = drawing.Frame;
        Fill(drawing, Near(colour, 70, random));
        double height = frame.ShortSide / random.Between(5, 11), width = height * random.Between(1.5, 3), joint = height * 0.07;
        int row = 0;
        for (double y = -joint; y < frame.Height; y += height, row++)
            for (double x = row % 2 == 0 ? 0 : -width / 2; x < frame.Width; x += width)
                drawing.Paint(Outline.Rectangle(x, y, width - joint, height - joint), Near(colour, 18, random));
    }

    private static void Blotches(PictureDrawing drawing, int count, double size, Func<SKColor> colour, PictureRandom random)
    {
        PictureFrame frame = drawing.Frame;
        for (int i = 0; i < count; i++)
        {
            double radius = frame.ShortSide * random.Between(size / 5, size), x = random.Between(0, frame.Width), y = random.Between(0, frame.Height);
            int corners = 5 + random.Below(8);
            SKPoint[] points = [.. Enumerable.Range(0, corners).Select(corner =>
            {
                (double sine, double cosine) = Math.SinCos(2 * Math.PI * corner / corners);
                double reach = radius * random.Between(0.6, 1);
                return new SKPoint((float)(x + reach * cosine), (float)(y + reach * sine));
            })];
            drawing.Paint(Outline.Path([points]), colour().WithAlpha((byte)random.Between(60, 180)));
        }
    }
}
