using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Labels;
using SkiaSharp;

namespace QwenVl.Pictures.Signs;

/// <summary>Puts a sign's outlines into a drawing.</summary>
internal static class SignPainter
{
    private static readonly SKPoint[] Arrow =
    [
        new(-1, -0.22f), new(0.2f, -0.22f), new(0.2f, -0.75f), new(1, 0), new(0.2f, 0.75f), new(0.2f, 0.22f), new(-1, 0.22f),
    ];

    /// <summary>Adds plate, arrow and text; returns the box of each entry's ink.</summary>
    public static IReadOnlyList<(string Text, PictureBox Box)> Paint(PictureDrawing drawing, SignPlan plan, LabelNames labels)
    {
        PlateGeometry plate = plan.Geometry;
        if (plan.Style.Form != PlateForm.None)
        {
            if (plan.Style.Border is { } border)
            {
                drawing.Paint(Plate(plan, 0), border);
                drawing.Paint(Plate(plan, plate.Border), plan.Style.Plate);
            }
            else
            {
                drawing.Paint(Plate(plan, 0), plan.Style.Plate);
            }
        }

        if (plan.Style.Arrow != ArrowSide.None)
        {
            (double sine, double cosine) = Math.SinCos(plate.ArrowTurn * Math.PI / 180);
            drawing.Paint(Outline.Path([[.. Arrow.Select(point => Homography.Map(plan.Map,
                plate.ArrowX + PlateGeometry.ArrowReach * (cosine * point.X - sine * point.Y),
                plate.ArrowY + PlateGeometry.ArrowReach * (sine * point.X + cosine * point.Y)))]]), plan.Style.Text);
        }

        drawing.FinestDetail = plan.XHeight;
        return Text(drawing, plan, labels);
    }

    private static List<(string Text, PictureBox Box)> Text(PictureDrawing drawing, SignPlan plan, LabelNames labels)
    {
        var boxes = new PictureBox?[plan.Content.Entries.Count];
        double least = plan.Layout.Font.XHeight;
        foreach (PlacedGlyph glyph in plan.Layout.Glyphs.Where(glyph => glyph.Character != ' '))
        {
            SKMatrix place = SKMatrix.CreateScaleTranslation((float)glyph.Scale, (float)glyph.Scale, (float)glyph.X, (float)glyph.Y);
            var path = new SKPath();
            glyph.Outline.Path.Transform(plan.Map.PreConcat(place), path);
            drawing.Paint(path, plan.Style.Text);
            var ink = PictureBox.From(path.TightBounds);
            boxes[glyph.Entry] = boxes[glyph.Entry] is { } known ? known.Union(ink) : ink;

            // The cell of the character: its advance wide, and never lower than a small letter, or thin ones would vanish.
            double top = glyph.Y + glyph.Scale * Math.Min(glyph.Outline.Bounds.Top, -least);
            double bottom = glyph.Y + glyph.Scale * Math.Max(glyph.Outline.Bounds.Bottom, 0);
            drawing.Regions.Add(new LabelRegion(labels.Of(glyph.Character),
                [Outline.Mapped(plan.Map, glyph.X, top, glyph.X + glyph.Scale * glyph.Outline.Advance, bottom)]));
        }

        return [.. plan.Content.Written.Select((text, entry) => (text, boxes[entry]!.Value))];
    }

    private static SKPath Plate(SignPlan plan, double inset)
    {
        PlateGeometry plate = plan.Geometry;
        var rectangle = SKRect.Create(
            (float)(plate.Left + inset), (float)(plate.Top + inset), (float)(plate.Width - 2 * inset), (float)(plate.Height - 2 * inset));
        using var builder = new SKPathBuilder();
        float radius = (float)Math.Max(0, plate.Radius - inset);
        if (plan.Style.Form == PlateForm.Oval) builder.AddOval(rectangle, SKPathDirection.Clockwise);
        else if (plan.Style.Form == PlateForm.Rounded) builder.AddRoundRect(rectangle, radius, radius, SKPathDirection.Clockwise);
        else builder.AddRect(rectangle, SKPathDirection.Clockwise);
        using SKPath flat = builder.Detach();
        var path = new SKPath();
        flat.Transform(plan.Map, path);
        return path;
    }
}
