using QwenVl.Pictures.Fonts;
using QwenVl.Pictures.Randomness;

namespace QwenVl.Pictures.Signs;

/// <summary>The plate and the arrow around a layout, in the layout's units.</summary>
/// <param name="Left">Left edge; the layout begins at 0.</param>
/// <param name="Top">Top edge; the layout begins at 0.</param>
/// <param name="Width">Width of the plate.</param>
/// <param name="Height">Height of the plate.</param>
/// <param name="Radius">Radius of rounded corners.</param>
/// <param name="Border">Width of the border.</param>
/// <param name="ArrowX">Centre of the arrow.</param>
/// <param name="ArrowY">Centre of the arrow.</param>
/// <param name="ArrowTurn">Degrees clockwise from pointing right.</param>
internal sealed record PlateGeometry(
    double Left, double Top, double Width, double Height, double Radius, double Border, double ArrowX, double ArrowY, double ArrowTurn)
{
    /// <summary>Half the arrow's length.</summary>
    public const double ArrowReach = 0.42 * GlyphOutlines.Em;

    public static PlateGeometry Around(SignLayout layout, PlateStyle style, PictureRandom random)
    {
        const double Em = GlyphOutlines.Em, ArrowRoom = 1.15 * Em;
        double left = 0, top = 0, right = layout.Width, bottom = layout.Height, arrowX = 0, arrowY = 0;
        switch (style.Arrow)
        {
            case ArrowSide.Left:
                (arrowX, arrowY, left) = (-ArrowRoom + ArrowReach, layout.Height / 2, -ArrowRoom);
                break;
            case ArrowSide.Right:
                (arrowX, arrowY, right) = (layout.Width + ArrowRoom - ArrowReach, layout.Height / 2, layout.Width + ArrowRoom);
                break;
            case ArrowSide.Above:
                (arrowX, arrowY, top) = (layout.Width / 2, -ArrowRoom + ArrowReach, -ArrowRoom);
                break;
            case ArrowSide.Below:
                (arrowX, arrowY, bottom) = (layout.Width / 2, layout.Height + ArrowRoom - ArrowReach, layout.Height + ArrowRoom);
                break;
        }

        double width = right - left, height = bottom - top, padX = style.PaddingX * Em, padY = style.PaddingY * Em;
        if (style.Form == PlateForm.Oval)
        {
            // An ellipse through the corners of the content.
            padX = 0.2072 * width + 0.5 * padX;
            padY = 0.2072 * height + 0.5 * padY;
        }

        double plateWidth = width + 2 * padX, plateHeight = height + 2 * padY;
        double radius = style.Form == PlateForm.Rounded ? random.Between(0.08, 0.45) * Math.Min(plateWidth, plateHeight) : 0;
        double turn = 45 * random.Below(8);
        return new PlateGeometry(left - padX, top - padY, plateWidth, plateHeight, Math.Min(radius, 0.6 * Em), random.Between(0.05, 0.14) * Em, arrowX, arrowY, turn);
    }
}
