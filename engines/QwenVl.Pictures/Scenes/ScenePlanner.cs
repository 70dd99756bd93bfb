using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Questions;
using QwenVl.Pictures.Randomness;
using SkiaSharp;

namespace QwenVl.Pictures.Scenes;

/// <summary>Decides which shapes lie where.</summary>
internal static class ScenePlanner
{
    /// <summary>How far a centre stays away from the lines between the nine places, as a share of the picture's side.</summary>
    private const double CellMargin = 0.05;

    private static readonly double[] CountWeights = [0.13, 0.22, 0.25, 0.22, 0.18];

    /// <summary>Shapes in reading order, of a combination that the split allows.</summary>
    public static IReadOnlyList<SceneShape> Plan(PictureFrame frame, PictureSplit split, PictureOptions options, PictureRandom random)
    {
        while (true)
        {
            List<SceneShape>? shapes = Attempt(frame, options, random);
            if (shapes is not null && SplitRule.Allows(split, SceneQuestions.Description(shapes))) return shapes;
        }
    }

    private static List<SceneShape>? Attempt(PictureFrame frame, PictureOptions options, PictureRandom random)
    {
        int count = 1 + random.PickWeighted(CountWeights);
        List<int> cells = [.. Enumerable.Range(0, 9)];
        random.Shuffle(cells);
        List<ShapeKind> kinds = Pool<ShapeKind>(random);
        List<ShapeColour> colours = Pool<ShapeColour>(random);
        bool askew = random.Chance(options.AskewShare);
        double angle = askew ? random.Between(-options.MaxRotation, options.MaxRotation) : 0;
        var corners = new (double X, double Y)[4];
        for (int i = 0; askew && i < 4; i++)
            corners[i] = (random.Between(-1, 1) * options.MaxPerspective, random.Between(-1, 1) * options.MaxPerspective);

        var shapes = new List<SceneShape>();
        for (int i = 0; i < count; i++)
        {
            SceneShape? shape = null;
            for (int attempt = 0; attempt < 12 && shape is null; attempt++)
            {
                ShapeColour colour = random.Pick(colours);
                shape = Place(random.Pick(kinds), colour, cells[i], frame, angle, corners, random);
                if (shape is not null && shapes.Exists(other => other.Box.Touches(shape.Box, 0.012 * frame.ShortSide))) shape = null;
            }

            if (shape is null) return null;
            shapes.Add(shape);
        }

        return [.. shapes.OrderBy(shape => shape.Cell)];
    }

    /// <summary>All values, or in a third of the pictures only two or three of them, so that there is something to count.</summary>
    private static List<T> Pool<T>(PictureRandom random) where T : struct, Enum
    {
        List<T> all = [.. Enum.GetValues<T>()];
        if (!random.Chance(0.35)) return all;
        random.Shuffle(all);
        return all[..(2 + random.Below(2))];
    }

    private static SceneShape? Place(
        ShapeKind kind, ShapeColour colour, int cell, PictureFrame frame, double angle, ReadOnlySpan<(double X, double Y)> corners, PictureRandom random)
    {
        double least = Math.Max(0.055 * frame.ShortSide, 15 / Math.Min(1, frame.BudgetScale));
        double radius = random.Chance(0.5)
            ? random.Between(least, Math.Max(least, 0.085 * frame.ShortSide))
            : random.Between(Math.Max(least, 0.095 * frame.ShortSide), Math.Max(least, 0.165 * frame.ShortSide));
        double centreX = frame.Width * random.Between(cell % 3 / 3.0 + CellMargin, (cell % 3 + 1) / 3.0 - CellMargin);
        double centreY = frame.Height * random.Between(cell / 3 / 3.0 + CellMargin, (cell / 3 + 1) / 3.0 - CellMargin);
        SKMatrix map = Map(centreX, centreY, radius, angle + random.Between(-6, 6), corners);
        SKPoint[][] outlines = [.. ShapeOutlines.Of(kind).Select(outline => outline.Select(point => Homography.Map(map, point.X, point.Y)).ToArray())];
        PictureBox box = PictureBox.Around(outlines[0]);
        bool isClear = box.IsWithin(frame.Width, frame.Height, 3)
            && IsClear(box.CentreX / frame.Width, cell % 3) && IsClear(box.CentreY / frame.Height, cell / 3);
        return isClear ? new SceneShape(kind, colour, ShapeColours.Sample(colour, random), cell, box, outlines) : null;
    }

    private static bool IsClear(double at, int third) => at >= third / 3.0 + CellMargin && at <= (third + 1) / 3.0 - CellMargin;

    private static SKMatrix Map(double centreX, double centreY, double radius, double degrees, ReadOnlySpan<(double X, double Y)> corners)
    {
        (double sine, double cosine) = Math.SinCos(degrees * Math.PI / 180);
        Span<(double X, double Y)> quad = [(-1, -1), (1, -1), (1, 1), (-1, 1)];
        for (int i = 0; i < 4; i++)
        {
            double x = radius * (quad[i].X + corners[i].X), y = radius * (quad[i].Y + corners[i].Y);
            quad[i] = (centreX + cosine * x - sine * y, centreY + sine * x + cosine * y);
        }

        return Homography.FromRectangle(-1, -1, 2, 2, quad);
    }
}
