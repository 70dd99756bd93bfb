using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Scenes;
using SkiaSharp;

namespace QwenVl.Pictures.Signs;

internal enum PlateForm
{
    /// <summary>The text stands directly on the wall.</summary>
    None,
    Rectangle,
    Rounded,
    Oval,
}

internal enum ArrowSide
{
    None,
    Left,
    Right,
    Above,
    Below,
}

/// <summary>How a sign looks.</summary>
internal sealed record PlateStyle(PlateForm Form, SKColor Plate, SKColor Text, SKColor? Border, ArrowSide Arrow, double PaddingX, double PaddingY)
{
    private const double LeastContrast = 95;

    private static readonly (double Hue, double Saturation, double Value, bool Light)[] Plates =
    [
        (150, 0.9, 0.5, true), (215, 0.85, 0.6, true), (0, 0.85, 0.75, true), (48, 0.9, 0.97, false), (0, 0, 0.97, false), (0, 0, 0.1, true),
        (25, 0.6, 0.35, true), (200, 0.1, 0.9, false), (30, 0.9, 0.95, false), (280, 0.6, 0.45, true), (0, 0, 0.45, true), (95, 0.5, 0.85, false),
    ];

    public static PlateStyle Sample(int entries, PictureRandom random)
    {
        PlateForm form = (PlateForm)random.PickWeighted([0.1, 0.35, 0.42, entries == 1 ? 0.13 : 0.02]);
        ArrowSide arrow = random.Chance(0.22) ? (ArrowSide)(1 + random.Below(4)) : ArrowSide.None;
        (SKColor plate, SKColor text) = random.Chance(0.75) ? Common(random) : Unusual(random);
        SKColor? border = form != PlateForm.None && random.Chance(0.5) ? text : null;
        if (border is not null && random.Chance(0.25)) border = ShapeColours.Hsv(random, 0, 360, 0, 1, 0, 1);
        return new PlateStyle(form, plate, text, border, arrow, random.Between(0.3, 0.9), random.Between(0.3, 0.8));
    }

    public static double Luminance(SKColor colour) => 0.299 * colour.Red + 0.587 * colour.Green + 0.114 * colour.Blue;

    private static (SKColor Plate, SKColor Text) Common(PictureRandom random)
    {
        (double hue, double saturation, double value, bool light) = random.Pick(Plates);
        SKColor plate = ShapeColours.Hsv(
            (hue + random.Between(-8, 8) + 360) % 360,
            Math.Clamp(saturation + random.Between(-0.08, 0.08), 0, 1), Math.Clamp(value + random.Between(-0.06, 0.06), 0, 1));
        SKColor text = light ? ShapeColours.Hsv(random, 0, 360, 0, 0.08, 0.93, 1) : ShapeColours.Hsv(random, 0, 360, 0, 0.9, 0.03, 0.25);
        if (!light && saturation < 0.15 && random.Chance(0.5)) text = ShapeColours.Hsv((random.Pick([0.0, 220, 140]) + random.Between(0, 10)) % 360, 0.9, 0.55);
        return (plate, text);
    }

    private static (SKColor Plate, SKColor Text) Unusual(PictureRandom random)
    {
        while (true)
        {
            SKColor plate = ShapeColours.Hsv(random, 0, 360, 0, 1, 0.05, 1), text = ShapeColours.Hsv(random, 0, 360, 0, 1, 0.05, 1);
            if (Math.Abs(Luminance(plate) - Luminance(text)) >= LeastContrast) return (plate, text);
        }
    }
}
