using QwenVl.Pictures.Fonts;
using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Words;
using SkiaSharp;

namespace QwenVl.Pictures.Signs;

/// <summary>A sign, and the map from its layout's units to the picture.</summary>
internal sealed record SignPlan(SignContent Content, SignLayout Layout, PlateStyle Style, PlateGeometry Geometry, PictureFrame Frame, SKMatrix Map, double XHeight);

/// <summary>Decides what a sign says, how it looks and where it hangs, so that it can be read.</summary>
internal sealed class SignPlanner(FontShelf fonts, GlyphOutlines outlines, PictureOptions options)
{
    private const double LeastXHeightInPicture = 9;
    private const double MostEm = 135;

    // Fine print, as a share of the least size that can be read: at the 1024 budget at least 1, at 512 at most this.
    private const double MostFine = 0.72;

    /// <param name="frames">Draws a picture's size; of fine print, one large enough.</param>
    /// <param name="fine">Whether the sign is in fine print.</param>
    /// <param name="split">Which fonts and words it may use.</param>
    /// <param name="random">Decides.</param>
    public SignPlan Plan(Func<PictureFrame> frames, bool fine, PictureSplit split, PictureRandom random)
    {
        while (true)
        {
            SignContent content = SignContent.Sample(split, random);
            FontScript script = content.Language == SignLanguage.Chinese ? FontScript.Chinese : FontScript.Latin;
            for (int attempt = 0; attempt < 12; attempt++)
            {
                SignFont font = random.Pick(random.Pick(fonts.Families(split, script)));
                if (!content.Written.All(font.Covers)) continue;
                PlateStyle style = PlateStyle.Sample(content.Entries.Count, random);
                SignLayout layout = SignLayout.Create(content, font, outlines, random);
                if (Hang(content, layout, style, frames(), fine, random) is { } plan) return plan;
            }
        }
    }

    private SignPlan? Hang(SignContent content, SignLayout layout, PlateStyle style, PictureFrame frame, bool fine, PictureRandom random)
    {
        PlateGeometry plate = PlateGeometry.Around(layout, style, random);
        Span<(double X, double Y)> corners = stackalloc (double, double)[4];
        Askew(plate, corners, random);
        PictureBox box = Bounds(corners);
        double least = LeastScale(content, layout, fine ? frame.LargeBudgetScale : frame.BudgetScale);
        double most = fine ? MostFine * LeastScale(content, layout, frame.BudgetScale) : MostEm / frame.BudgetScale / GlyphOutlines.Em;
        most = Math.Min(0.97 * Math.Min(frame.Width / box.Width, frame.Height / box.Height), most);
        if (most < least) return null;

        double scale = random.LogBetween(least, most);
        double left = random.Between(0, frame.Width - scale * box.Width), top = random.Between(0, frame.Height - scale * box.Height);
        for (int i = 0; i < 4; i++)
            corners[i] = (left + scale * (corners[i].X - box.Left), top + scale * (corners[i].Y - box.Top));
        SKMatrix map = Homography.FromRectangle(plate.Left, plate.Top, plate.Width, plate.Height, corners);
        double xHeight = scale * layout.LeastScale * (content.Language == SignLanguage.Chinese ? 0.42 * GlyphOutlines.Em : layout.Font.XHeight);
        return new SignPlan(content, layout, style, plate, frame, map, xHeight);
    }

    /// <summary>Pixels a unit that the smallest line needs, with a little to spare for perspective.</summary>
    private double LeastScale(SignContent content, SignLayout layout, double budgetScale)
    {
        (double height, double wanted) = content.Language == SignLanguage.Chinese
            ? (GlyphOutlines.Em, options.LeastChineseHeight)
            : (layout.Font.XHeight, options.LeastXHeight);
        double inPicture = content.Language == SignLanguage.Chinese ? 2.4 * LeastXHeightInPicture : LeastXHeightInPicture;
        return 1.06 * Math.Max(wanted / budgetScale, inPicture) / (height * layout.LeastScale);
    }

    private void Askew(PlateGeometry plate, Span<(double X, double Y)> corners, PictureRandom random)
    {
        corners[0] = (plate.Left, plate.Top);
        corners[1] = (plate.Left + plate.Width, plate.Top);
        corners[2] = (plate.Left + plate.Width, plate.Top + plate.Height);
        corners[3] = (plate.Left, plate.Top + plate.Height);
        if (!random.Chance(options.AskewShare)) return;
        (double sine, double cosine) = Math.SinCos(random.Between(-options.MaxRotation, options.MaxRotation) * Math.PI / 180);
        double reach = random.Chance(0.6) ? options.MaxPerspective : 0;
        for (int i = 0; i < 4; i++)
        {
            double x = corners[i].X + random.Between(-0.5, 0.5) * reach * plate.Width;
            double y = corners[i].Y + random.Between(-1, 1) * reach * plate.Height;
            corners[i] = (cosine * x - sine * y, sine * x + cosine * y);
        }
    }

    private static PictureBox Bounds(ReadOnlySpan<(double X, double Y)> corners)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach ((double x, double y) in corners)
        {
            (left, right) = (Math.Min(left, x), Math.Max(right, x));
            (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
        }

        return new PictureBox(left, top, right, bottom);
    }
}
